import { monotonicNs } from 'proxy-wasm/assembly/hostcalls/clock';
import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Kind, Value } from 'proxy-wasm/assembly/json/value';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { isHeaderName } from 'proxy-wasm/assembly/http/headers';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';
import { Target } from '../configuration/configuration';
import { decodeMatches } from '../rule/decode-match';
import { indexOf } from '../rule/rule-index';
import { defineCounters } from '../verdict/counters';
import { Reason } from '../verdict/reason';
import { Algorithm, Rate } from './bucket';
import { openLedger } from './ledger';
import { KeyKind, KeyPart, Limit, RateLimitPolicy } from './policy';
import { openVms } from './vms';

const MS_NS: u64 = 1000000;
const SECOND_NS: u64 = 1000000000;
/** From one hour on a limit is a quota. */
const QUOTA_MS: u64 = 3600000;
/** 366 days. */
const PER_MS_MAX: u64 = 31622400000;
const REQUESTS_MAX: u64 = 4294967295;
const KEYS_MAX: u64 = 1048576;
const KEYS_DEFAULT: u32 = 10000;
const KEY_PARTS_MAX: i32 = 8;

/** The `ratelimit` policies of a target; null where it has none. */
export function decodeRateLimit(
  decoder: Decoder,
  object: Value | null,
  target: Target,
  provider: bool,
): List<RateLimitPolicy> | null {
  const array = decoder.array(decoder.optional(object, 'ratelimit'));
  if (!array || !array.count) return null;
  const policies = List.of<RateLimitPolicy>(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) {
    const policy = decodePolicy(decoder, item, target, provider);
    for (let i = 0; i < item.index; i++) {
      const other = policies.at(i);
      if (!other.name.equals(policy.name) || !other.namespace.equals(policy.namespace)) continue;
      decoder.fail(item, 'has the name of another policy');
    }
    policies.put(item.index, policy);
  }
  defineCounters(Reason.RATE_LIMITED, Reason.CONCURRENCY_LIMITED);
  return policies;
}

/** Makes the shared state of every limit; to be called when all of the configuration is known to be right. */
export function openLimits(policies: List<RateLimitPolicy> | null): void {
  for (let i = 0; policies && i < policies.length; i++) {
    const limits = policies.at(i).limits;
    for (let j = 0; j < limits.length; j++) {
      openLedger(limits.at(j));
      if (limits.at(j).rate.algorithm == Algorithm.FLIGHT) openVms(monotonicNs());
    }
  }
}

function decodePolicy(decoder: Decoder, value: Value, target: Target, provider: bool): RateLimitPolicy {
  const policy = make<RateLimitPolicy>(decoder.arena);
  const object = decoder.object(value);
  policy.decode(decoder, object);
  const array = decoder.filled(decoder.required(object, 'limits'));
  const limits = List.of<Limit>(decoder.arena, array ? array.count : 0);
  policy.limits = limits;
  for (let item = array ? array.first : null; item; item = item!.next) {
    const limit = decodeLimit(decoder, item);
    for (let i = 0; i < item.index; i++) {
      if (limits.at(i).name.equals(limit.name)) decoder.fail(item, 'has the name of another limit');
    }
    limit.shared = sharedName(decoder, target, policy, limit, provider);
    limits.put(item.index, limit);
  }
  policy.index = indexOf(decoder, limits);
  decoder.end(object);
  return policy;
}

function decodeLimit(decoder: Decoder, value: Value): Limit {
  const limit = make<Limit>(decoder.arena);
  const object = decoder.object(value);
  limit.name = decoder.name(decoder.required(object, 'name'));
  limit.match = decodeMatches(decoder, decoder.optional(object, 'match'));
  limit.key = decodeKey(decoder, decoder.optional(object, 'key'));
  const rate = make<Rate>(decoder.arena);
  limit.rate = rate;
  const concurrent = decoder.optional(object, 'concurrent');
  if (concurrent) decodeConcurrent(decoder, object, concurrent, rate);
  else limit.quota = decodeRate(decoder, object, rate);
  limit.headers = decoder.flag(decoder.optional(object, 'headers'));
  const keysMax = decoder.optional(object, 'keysMax');
  limit.keysMax = keysMax ? <u32>decoder.whole(keysMax, 1, KEYS_MAX) : KEYS_DEFAULT;
  decoder.end(object);
  return limit;
}

/** Calls in flight: how long a caller should wait nobody knows, so the period says a second. */
function decodeConcurrent(decoder: Decoder, object: Value | null, concurrent: Value, rate: Rate): void {
  rate.algorithm = Algorithm.FLIGHT;
  rate.perNs = SECOND_NS;
  rate.requests = decoder.whole(concurrent, 0, REQUESTS_MAX);
  rate.capacity = rate.requests;
  refuse(decoder, decoder.optional(object, 'requests'));
  refuse(decoder, decoder.optional(object, 'perMs'));
  refuse(decoder, decoder.optional(object, 'burst'));
  refuse(decoder, decoder.optional(object, 'algorithm'));
}

function refuse(decoder: Decoder, value: Value | null): void {
  if (value) decoder.fail(value, 'cannot stand beside concurrent');
}

/** Requests in a period; returns whether that is a quota. */
function decodeRate(decoder: Decoder, object: Value | null, rate: Rate): bool {
  const perMs = decoder.whole(decoder.required(object, 'perMs'), 1, PER_MS_MAX);
  rate.requests = decoder.whole(decoder.required(object, 'requests'), 0, REQUESTS_MAX);
  rate.perNs = perMs * MS_NS;
  rate.algorithm = decodeAlgorithm(decoder, decoder.optional(object, 'algorithm'));
  const burst = decoder.optional(object, 'burst');
  if (burst && rate.algorithm == Algorithm.WINDOW) decoder.fail(burst, 'is not for a sliding window');
  rate.capacity = rate.requests + decoder.whole(burst, 0, REQUESTS_MAX);
  return perMs >= QUOTA_MS;
}

function decodeAlgorithm(decoder: Decoder, value: Value | null): Algorithm {
  if (!value) return Algorithm.BUCKET;
  const text = decoder.text(value);
  if (text.is('sliding-window')) return Algorithm.WINDOW;
  if (!text.is('token-bucket')) decoder.fail(value, 'must be "token-bucket" or "sliding-window"');
  return Algorithm.BUCKET;
}

function decodeKey(decoder: Decoder, value: Value | null): List<KeyPart> | null {
  const array = decoder.array(value);
  if (!array || !array.count) return null;
  if (array.count > KEY_PARTS_MAX) decoder.fail(array, 'has too many parts');
  const parts = List.of<KeyPart>(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) {
    const part = make<KeyPart>(decoder.arena);
    if (item.kind == Kind.OBJECT) decodeNamedPart(decoder, item, part);
    else part.kind = decodePart(decoder, item);
    parts.put(item.index, part);
  }
  return parts;
}

function decodePart(decoder: Decoder, value: Value): KeyKind {
  const text = decoder.text(value);
  if (text.is('service')) return KeyKind.SERVICE;
  if (text.is('consumer')) return KeyKind.CONSUMER;
  if (text.is('address')) return KeyKind.ADDRESS;
  if (text.is('path')) return KeyKind.PATH;
  if (text.is('method')) return KeyKind.METHOD;
  decoder.fail(value, 'must be service, consumer, address, path, method, {header}, {cookie} or {query}');
  return KeyKind.SERVICE;
}

function decodeNamedPart(decoder: Decoder, object: Value, part: KeyPart): void {
  part.kind = KeyKind.HEADER;
  let name = object.member('header');
  if (!name) {
    part.kind = KeyKind.COOKIE;
    name = object.member('cookie');
  }
  if (!name) {
    part.kind = KeyKind.QUERY;
    name = object.member('query');
  }
  decoder.end(object);
  if (!name) decoder.fail(object, 'must have one of header, cookie and query');
  const text = decoder.name(name);
  part.name = part.kind == KeyKind.HEADER ? text.lowerCase(decoder.arena) : text;
  if (name && part.kind == KeyKind.HEADER && !isHeaderName(part.name))
    decoder.fail(name, 'must be the name of a header');
}

/** `bucket|window|flight <side> <service> <namespace> <policy> <limit>`, NUL between, and four bytes for the number of a value. */
function sharedName(decoder: Decoder, target: Target, policy: RateLimitPolicy, limit: Limit, provider: bool): Slice {
  const name = Writer.in(decoder.arena);
  name.text(algorithmText(limit.rate.algorithm)).byte(0);
  name.text(provider ? 'provider' : 'consumer').byte(0);
  name.slice(target.service).byte(0).slice(policy.namespace).byte(0).slice(policy.name).byte(0);
  return name.slice(limit.name).byte(0).u32(0).done();
}

/** Each counts in its own way, so that a limit which changes its algorithm begins anew. */
function algorithmText(algorithm: Algorithm): string {
  if (algorithm == Algorithm.WINDOW) return 'window';
  return algorithm == Algorithm.FLIGHT ? 'flight' : 'bucket';
}
