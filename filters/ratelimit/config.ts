import {
  Decoder,
  Kind,
  List,
  Slice,
  SliceSet,
  Value,
  Writer,
  firstOf,
  isHeaderName,
  make,
  monotonicNs,
  nextOf,
  request,
} from 'proxy-wasm';
import { Target } from '../call/target';
import { refuseSamePolicy } from '../configuration/unique';
import { PathReading } from '../path/reading';
import { indexOf } from '../rule/rule-index';
import { defineCounters } from '../verdict/counters';
import { Reason } from '../verdict/reason';
import { Algorithm, Rate } from './bucket';
import { createLedger, sharedName } from './ledger';
import { MS_NS, PER_MS_MAX, QUOTA_MS, REQUESTS_MAX } from './bounds';
import { decodeCost } from './decode-cost';
import { decodeShares } from './decode-shares';
import { KeyKind, KeyPart, Limit, RateLimitPolicy } from './policy';
import { registerVm } from './vms';

const SECOND_NS: u64 = 1000000000;
const KEYS_MAX: u64 = 1000000;
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
  const policies = decoder.listOf<RateLimitPolicy>(array);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const policy = decodePolicy(decoder, item, target, provider);
    refuseSamePolicy<RateLimitPolicy>(decoder, policies, item, policy);
    policies.put(item.index, policy);
  }
  defineCounters(Reason.RATE_LIMITED, Reason.CONCURRENCY_LIMITED);
  return policies;
}

/** Makes the shared state of every limit; to be called when all of the configuration is known to be right. */
export function createLedgers(policies: List<RateLimitPolicy> | null): void {
  for (let i = 0; policies && i < policies.length; i++) {
    const limits = policies.at(i).limits;
    for (let j = 0; j < limits.length; j++) {
      createLedger(limits.at(j));
      if (limits.at(j).rate.algorithm == Algorithm.FLIGHT) registerVm(monotonicNs());
    }
  }
}

function decodePolicy(decoder: Decoder, value: Value, target: Target, provider: bool): RateLimitPolicy {
  const policy = make<RateLimitPolicy>(decoder.arena);
  const object = decoder.object(value);
  policy.decode(decoder, object);
  const shares = decoder.optional(object, 'fairShares');
  const limitsField = decoder.optional(object, 'limits');
  let array: Value | null = null;
  if (limitsField || !shares) array = decoder.filled(decoder.required(object, 'limits'));
  const count = array ? array.count : 0;
  const limits = List.of<Limit>(decoder.arena, count + (shares ? 1 : 0));
  policy.limits = limits;
  const names = SliceSet.withRoom(decoder.scratch, count);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const limit = decodeLimit(decoder, item, target.paths);
    if (!names.add(limit.name)) decoder.fail(item, 'has the name of another limit');
    if (limit.name.equals('fairShares')) decoder.fail(item, 'has the name of the shared budget');
    limits.put(item.index, limit);
  }
  if (shares) limits.put(count, decodeShares(decoder, shares));
  for (let i = 0; i < limits.length; i++) {
    const limit = limits.at(i);
    limit.shared = sharedName(decoder.arena, fullName(target, policy, limit, provider));
  }
  policy.index = indexOf(decoder, limits);
  decoder.end(object);
  return policy;
}

function decodeLimit(decoder: Decoder, value: Value, paths: PathReading): Limit {
  const limit = make<Limit>(decoder.arena);
  const object = decoder.object(value);
  limit.decode(decoder, object, paths);
  limit.key = decodeKey(decoder, decoder.optional(object, 'key'));
  const rate = make<Rate>(decoder.arena);
  limit.rate = rate;
  const concurrent = decoder.optional(object, 'concurrent');
  if (concurrent) decodeConcurrent(decoder, object, concurrent, rate);
  else limit.quota = decodeRate(decoder, object, rate);
  const cost = decoder.optional(object, 'cost');
  if (cost && concurrent) refuse(decoder, cost);
  if (cost && !concurrent) limit.cost = decodeCost(decoder, cost);
  limit.headers = decoder.flag(decoder.optional(object, 'headers'));
  limit.keysMax = <u32>decoder.wholeOr(object, 'keysMax', 1, KEYS_MAX, KEYS_DEFAULT);
  if (!distinguishes(limit.key)) {
    limit.key = null;
    limit.keysMax = 1;
  }
  decoder.end(object);
  return limit;
}

/** Whether there is more than one key: a limit that counts all calls of its service together needs no table. */
function distinguishes(key: List<KeyPart> | null): bool {
  for (let i = 0; key && i < key.length; i++) {
    if (key.at(i).kind != KeyKind.SERVICE) return true;
  }
  return false;
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
  if (text.equals('sliding-window')) return Algorithm.WINDOW;
  if (!text.equals('token-bucket')) decoder.fail(value, 'must be "token-bucket" or "sliding-window"');
  return Algorithm.BUCKET;
}

function decodeKey(decoder: Decoder, value: Value | null): List<KeyPart> | null {
  const array = decoder.array(value);
  if (!array || !array.count) return null;
  if (array.count > KEY_PARTS_MAX) decoder.fail(array, 'has too many parts');
  const parts = decoder.listOf<KeyPart>(array);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const part = make<KeyPart>(decoder.arena);
    if (item.kind == Kind.OBJECT) decodeNamedPart(decoder, item, part);
    else part.kind = decodePart(decoder, item);
    parts.put(item.index, part);
  }
  return parts;
}

function decodePart(decoder: Decoder, value: Value): KeyKind {
  const text = decoder.text(value);
  if (text.equals('service')) return KeyKind.SERVICE;
  if (text.equals('route')) return KeyKind.ROUTE;
  if (text.equals('consumer')) return KeyKind.CONSUMER;
  if (text.equals('address')) return KeyKind.ADDRESS;
  if (text.equals('path')) return KeyKind.PATH;
  if (text.equals('method')) return KeyKind.METHOD;
  decoder.fail(value, 'must be service, route, consumer, address, path, method, {header}, {cookie} or {query}');
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

/** `bucket|window|flight|shares <side> <service> <namespace> <policy> <limit>`, NUL between. */
function fullName(target: Target, policy: RateLimitPolicy, limit: Limit, provider: bool): Slice {
  const name = Writer.in(request).text(algorithmText(limit)).byte(0);
  name.text(provider ? 'provider' : 'consumer').byte(0);
  name.text(target.service).byte(0).text(policy.namespace).byte(0).text(policy.name).byte(0);
  return name.text(limit.name).done();
}

/** Each counts in its own way, so that a limit which changes its algorithm begins anew. */
function algorithmText(limit: Limit): Slice {
  if (limit.shares) return 'shares';
  const algorithm = limit.rate.algorithm;
  if (algorithm == Algorithm.WINDOW) return 'window';
  return algorithm == Algorithm.FLIGHT ? 'flight' : 'bucket';
}
