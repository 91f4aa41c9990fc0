import { isHeaderName } from 'proxy-wasm/assembly/http/headers';
import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Value } from 'proxy-wasm/assembly/json/value';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { parseNetwork } from 'proxy-wasm/assembly/net/network';
import { NetworkSet } from 'proxy-wasm/assembly/net/network-set';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { hostName } from '../call/host';
import { Condition, decodeCondition } from './condition';
import { Match } from './match';

/** `match`: absent or an empty list holds always (null). */
export function decodeMatches(decoder: Decoder, value: Value | null): List<Match> | null {
  const array = decoder.array(value);
  if (!array || !array.count) return null;
  const list = List.of<Match>(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) list.put(item.index, decodeMatch(decoder, item));
  return list;
}

function decodeMatch(decoder: Decoder, value: Value): Match {
  const match = make<Match>(decoder.arena);
  const object = decoder.object(value);
  const path = decoder.optional(object, 'path');
  if (path) match.path = decodeCondition(decoder, path, true, false);
  match.methods = decodeNames(decoder, decoder.optional(object, 'methods'));
  match.hosts = decodeHosts(decoder, decoder.optional(object, 'hosts'));
  match.headers = decodeFields(decoder, decoder.optional(object, 'headers'), true);
  match.query = decodeFields(decoder, decoder.optional(object, 'query'), false);
  match.consumers = decodeConsumers(decoder, decoder.optional(object, 'consumers'));
  match.addresses = decodeNetworks(decoder, decoder.optional(object, 'addresses'));
  decoder.end(object);
  return match;
}

/** A list of strings that are not empty; null where there is none. */
export function decodeNames(decoder: Decoder, value: Value | null): List<Slice> | null {
  const array = decoder.filled(value);
  if (!array) return null;
  const list = List.of<Slice>(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) list.put(item.index, decoder.name(item));
  return list;
}

export function decodeNetworks(decoder: Decoder, value: Value | null): NetworkSet | null {
  const array = decoder.filled(value);
  if (!array) return null;
  const set = NetworkSet.withRoom(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) {
    const network = parseNetwork(decoder.scratch, decoder.text(item));
    if (network) set.add(network);
    else decoder.fail(item, 'must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32');
  }
  set.seal();
  return set;
}

function decodeHosts(decoder: Decoder, value: Value | null): List<Slice> | null {
  const hosts = decodeNames(decoder, value);
  for (let i = 0; hosts && i < hosts.length; i++) {
    const host = hostName(decoder.arena, hosts.at(i));
    const star = host.lastIndexOf(0x2a);
    if (star > 0 || (star == 0 && (host.byte(1) != 0x2e || host.length < 3))) {
      decoder.fail(value, 'may have a star only in front, as in "*.example.com"');
    }
    hosts.put(i, host);
  }
  return hosts;
}

/** A system, a service or a JWT's subject (`jwt:orders`). `spiffe://…` comes with the step that verifies it. */
function decodeConsumers(decoder: Decoder, value: Value | null): List<Slice> | null {
  const consumers = decodeNames(decoder, value);
  for (let i = 0; consumers && i < consumers.length; i++) {
    const consumer = consumers.at(i);
    if (consumer.indexOf(0x3a) >= 0 && !consumer.startsWith('jwt:'))
      decoder.fail(value, 'names an identity that this filter cannot verify');
  }
  return consumers;
}

/** `{name: condition}`. Header names are compared in lower case, as Envoy hands them over. */
function decodeFields(decoder: Decoder, value: Value | null, headers: bool): List<Condition> | null {
  const object = decoder.object(value);
  if (!object) return null;
  if (!object.count) decoder.fail(object, 'must not be empty');
  const list = List.of<Condition>(decoder.arena, object.count);
  for (let item = object.first; item; item = item!.next) {
    item.read = true;
    const condition = decodeCondition(decoder, item, headers, true);
    const name = item.name!;
    condition.name = headers ? name.lowerCase(decoder.arena) : name.copiedTo(decoder.arena);
    if (headers && !isHeaderName(condition.name!)) decoder.fail(item, 'is not the name of a header');
    list.put(item.index, condition);
  }
  return list;
}
