import { Headers, List, NetworkSet, Slice, same } from 'proxy-wasm';
import { Call } from '../call/call';
import { Query } from '../call/query';
import { Condition } from './condition';

/** All of these conditions; one that is null was not asked for. */
@unmanaged
export class Match {
  path: Condition | null;
  methods: List<Slice> | null;
  hosts: List<Slice> | null;
  headers: List<Condition> | null;
  query: List<Condition> | null;
  consumers: List<Slice> | null;
  addresses: NetworkSet | null;

  /** A caller whose address is unknown may be anyone: it is in the networks, unless that would let it pass. */
  holds(call: Call, exempts: bool): bool {
    const path = this.path;
    if (path && !path.holds(call.path)) return false;
    const methods = this.methods;
    if (methods && !contains(methods, call.method)) return false;
    const hosts = this.hosts;
    if (hosts && !namesHost(hosts, call.host)) return false;
    const headers = this.headers;
    if (headers && !headersHold(headers, call.headers)) return false;
    const query = this.query;
    if (query && !queryHolds(query, call.query)) return false;
    const consumers = this.consumers;
    if (consumers && !namesConsumer(consumers, call)) return false;
    const addresses = this.addresses;
    if (addresses) {
      const address = call.address;
      if (address ? !addresses.has(address) : exempts) return false;
    }
    return true;
  }
}

/** Any of the matches; a list that is not there always holds. */
export function matches(any: List<Match> | null, call: Call, exempts: bool): bool {
  if (!any) return true;
  for (let i = 0; i < any.length; i++) {
    if (any.at(i).holds(call, exempts)) return true;
  }
  return false;
}

export function contains(list: List<Slice>, text: Slice): bool {
  for (let i = 0; i < list.length; i++) {
    if (list.at(i).equals(text)) return true;
  }
  return false;
}

/** `*.example.com` is any name below example.com, not itself. */
function namesHost(hosts: List<Slice>, host: Slice): bool {
  for (let i = 0; i < hosts.length; i++) {
    const known = hosts.at(i);
    if (known.byte(0) != 0x2a) {
      if (known.equals(host)) return true;
    } else if (isBelow(host, known)) return true;
  }
  return false;
}

function isBelow(host: Slice, wild: Slice): bool {
  const suffix = wild.length - 1;
  return host.length > suffix && same(host.at + host.length - suffix, wild.at + 1, suffix);
}

function namesConsumer(consumers: List<Slice>, call: Call): bool {
  for (let i = 0; i < consumers.length; i++) if (call.isFrom(consumers.at(i))) return true;
  return false;
}

/** A repeated header meets a condition when one of its values does. */
function headersHold(conditions: List<Condition>, headers: Headers): bool {
  for (let i = 0; i < conditions.length; i++) {
    const condition = conditions.at(i);
    const name = condition.name!;
    let at = headers.find(name);
    let held = at < 0 && condition.holdsForNothing;
    for (; at >= 0 && !held; at = headers.find(name, at + 1)) held = condition.holds(headers.value(at));
    if (!held) return false;
  }
  return true;
}

function queryHolds(conditions: List<Condition>, query: Query | null): bool {
  for (let i = 0; i < conditions.length; i++) {
    const condition = conditions.at(i);
    if (!(query ? parameterHolds(condition, query) : condition.holdsForNothing)) return false;
  }
  return true;
}

function parameterHolds(condition: Condition, query: Query): bool {
  let at = query.find(condition.name!);
  let held = at < 0 && condition.holdsForNothing;
  for (; at >= 0 && !held; at = query.findNext(at)) held = condition.holds(query.value(at));
  return held;
}
