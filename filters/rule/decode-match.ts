import {
  Decoder,
  Kind,
  List,
  NetworkList,
  NetworkSet,
  Slice,
  Value,
  isHeaderName,
  make,
  parseNetwork,
} from 'proxy-wasm';
import { hostPattern } from '../call/host';
import { isConsumer } from '../call/consumer';
import { PathReading } from '../path/reading';
import { Condition, decodeCondition } from './condition';
import { Match } from './match';

/** `match`: absent or an empty list holds always (null). */
export function decodeMatches(decoder: Decoder, value: Value | null, paths: PathReading): List<Match> | null {
  const array = decoder.array(value);
  if (!array || !array.count) return null;
  const list = List.of<Match>(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) list.put(item.index, decodeMatch(decoder, item, paths));
  return list;
}

function decodeMatch(decoder: Decoder, value: Value, paths: PathReading): Match {
  const match = make<Match>(decoder.arena);
  const object = decoder.object(value);
  const path = decoder.optional(object, 'path');
  if (path) match.path = decodePath(decoder, path, paths);
  match.methods = decodeNames(decoder, decoder.optional(object, 'methods'));
  match.hosts = decodeHosts(decoder, decoder.optional(object, 'hosts'));
  match.headers = decodeFields(decoder, decoder.optional(object, 'headers'), true);
  match.query = decodeFields(decoder, decoder.optional(object, 'query'), false);
  match.consumers = decodeConsumers(decoder, decoder.optional(object, 'consumers'));
  match.addresses = decodeNetworks(decoder, decoder.optional(object, 'addresses'));
  decoder.end(object);
  return match;
}

function decodePath(decoder: Decoder, value: Value, paths: PathReading): Condition {
  const condition = decodeCondition(decoder, value, true, false);
  if (!paths.take(decoder.arena, condition)) decoder.fail(value.first, 'has no canonical form');
  return condition;
}

/** A list of strings that are not empty; null where there is none. */
export function decodeNames(decoder: Decoder, value: Value | null): List<Slice> | null {
  const array = decoder.filled(value);
  if (!array) return null;
  const list = List.of<Slice>(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) list.put(item.index, decoder.name(item));
  return list;
}

/** A list of networks, or the packed form for many. */
export function decodeNetworks(decoder: Decoder, value: Value | null): NetworkSet | null {
  if (value && value.kind == Kind.OBJECT) return unpackNetworks(decoder, value);
  const array = decoder.filled(value);
  if (!array) return null;
  const list = NetworkList.withRoom(decoder.scratch, array.count);
  for (let item = array.first; item; item = item!.next) {
    const text = decoder.string(item);
    const network = text ? parseNetwork(decoder.scratch, text) : null;
    if (network) list.add(network);
    else decoder.fail(item, 'must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32');
  }
  return NetworkSet.of(decoder.arena, list);
}

/** `{v4, v6}`, one or both: base64url of sorted records, as NetworkSet says. */
function unpackNetworks(decoder: Decoder, object: Value): NetworkSet {
  const set = NetworkSet.empty(decoder.arena);
  const v4 = decoder.optional(object, 'v4');
  const v6 = decoder.optional(object, 'v6');
  decoder.end(object);
  if (!v4 && !v6) decoder.fail(object, 'must have networks');
  const text4 = v4 ? decoder.string(v4) : null;
  if (text4 && !set.unpackV4(decoder.arena, decoder.scratch, text4)) decoder.fail(v4, 'must be packed networks');
  const text6 = v6 ? decoder.string(v6) : null;
  if (text6 && !set.unpackV6(decoder.arena, decoder.scratch, text6)) decoder.fail(v6, 'must be packed networks');
  return set;
}

function decodeHosts(decoder: Decoder, value: Value | null): List<Slice> | null {
  const hosts = decodeNames(decoder, value);
  for (let item = hosts ? value!.first : null; item; item = item!.next) {
    const host = hostPattern(decoder.arena, item.text);
    if (host) hosts!.put(item.index, host);
    else decoder.fail(item, 'must be a host, or all names below one, as in "*.example.com"');
  }
  return hosts;
}

function decodeConsumers(decoder: Decoder, value: Value | null): List<Slice> | null {
  const consumers = decodeNames(decoder, value);
  for (let item = consumers ? value!.first : null; item; item = item!.next) checkConsumer(decoder, item, item.text);
  return consumers;
}

export function checkConsumer(decoder: Decoder, value: Value, text: Slice): void {
  if (text.length && isConsumer(text)) return;
  decoder.fail(value, 'must be a name, jwt:<subject>, jwt:<provider>/<subject> or spiffe://<trust domain>/<path>');
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
