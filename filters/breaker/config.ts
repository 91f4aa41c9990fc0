import { Decoder, List, Slice, SliceSet, Value, Writer, firstOf, make, nextOf } from 'proxy-wasm';
import { Target } from '../call/target';
import { refuseSamePolicy } from '../configuration/unique';
import { PathReading } from '../path/reading';
import { indexOf } from '../rule/rule-index';
import { learnNumbering } from '../shared-copy/numbering';
import { defineCounters } from '../verdict/counters';
import { Reason } from '../verdict/reason';
import { Breakers } from './breakers';
import { defineChanges } from './changes';
import { OFF, Trip, sizeOf } from './circuit';
import { CircuitCopy } from './copy';
import { decodeFailures } from './decode-failures';
import { decodeFallback } from './decode-fallback';
import { Breaker, BreakerPolicy } from './policy';
import { createCircuit } from './shared';

const MS_NS: u64 = 1000000;
/** Two hours. */
const WINDOW_MS_MAX: u64 = 7200000;
const WINDOW_MS_DEFAULT: u64 = 30000;
/** A week, as for every duration of the policy language. */
const OPEN_MS_MAX: u64 = 604800000;
const OPEN_MS_DEFAULT: u64 = 10000;
const OPEN_MAX_MS_DEFAULT: u64 = 300000;
const REQUESTS_MIN_DEFAULT: u64 = 20;
const COUNT_MAX: u64 = 1000000000;
/** Each has eight bytes in the shared value, which is copied at every call. */
const PROBES_MAX: u64 = 100;

/** The `breaker` policies of a target; null where it has none. */
export function decodeBreaker(
  decoder: Decoder,
  object: Value | null,
  target: Target,
  provider: bool,
): List<BreakerPolicy> | null {
  const array = decoder.array(decoder.optional(object, 'breaker'));
  if (!array || !array.count) return null;
  const policies = decoder.listOf<BreakerPolicy>(array);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const policy = decodePolicy(decoder, item, target, provider);
    refuseSamePolicy<BreakerPolicy>(decoder, policies, item, policy);
    policies.put(item.index, policy);
  }
  defineCounters(Reason.BREAKER_OPEN, Reason.BREAKER_OPEN);
  defineChanges();
  return policies;
}

/** Makes the shared circuit of every breaker; to be called when all of the configuration is known to be right. */
export function createCircuits(policies: List<BreakerPolicy> | null, all: Breakers): void {
  for (let i = 0; policies && i < policies.length; i++) {
    const breakers = policies.at(i).breakers;
    learnNumbering();
    for (let j = 0; j < breakers.length; j++) {
      createCircuit(breakers.at(j));
      all.add(breakers.at(j));
    }
  }
}

function decodePolicy(decoder: Decoder, value: Value, target: Target, provider: bool): BreakerPolicy {
  const policy = make<BreakerPolicy>(decoder.arena);
  const object = decoder.object(value);
  policy.decode(decoder, object);
  const array = decoder.filled(decoder.required(object, 'breakers'));
  const breakers = decoder.listOf<Breaker>(array);
  policy.breakers = breakers;
  const names = SliceSet.withRoom(decoder.scratch, breakers.length);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const breaker = decodeOne(decoder, item, target.paths);
    if (!names.add(breaker.name)) decoder.fail(item, 'has the name of another breaker');
    name(decoder, target, policy, breaker, provider);
    breakers.put(item.index, breaker);
  }
  policy.index = indexOf(decoder, breakers);
  decoder.end(object);
  return policy;
}

function decodeOne(decoder: Decoder, value: Value, paths: PathReading): Breaker {
  const breaker = make<Breaker>(decoder.arena);
  const object = decoder.object(value);
  breaker.decode(decoder, object, paths);
  const trip = make<Trip>(decoder.arena);
  breaker.trip = trip;
  trip.windowNs = decoder.wholeOr(object, 'windowMs', 1, WINDOW_MS_MAX, WINDOW_MS_DEFAULT) * MS_NS;
  decodeTrip(decoder, decoder.object(decoder.required(object, 'trip')), trip);
  decodeOpen(decoder, decoder.object(decoder.optional(object, 'open')), trip);
  trip.probes = <u32>decoder.wholeOr(object, 'probes', 1, PROBES_MAX, 1);
  breaker.copy = CircuitCopy.in(decoder.arena, sizeOf(trip));
  breaker.failures = decodeFailures(decoder, decoder.optional(object, 'failures'));
  breaker.fallback = decodeFallback(decoder, decoder.optional(object, 'fallback'));
  decoder.end(object);
  return breaker;
}

function decodeTrip(decoder: Decoder, object: Value | null, trip: Trip): void {
  trip.consecutive = <u32>decoder.wholeOr(object, 'consecutiveFailures', 1, COUNT_MAX, 0);
  trip.failureShare = decodeShare(decoder, object, 'failurePercent');
  trip.slowShare = decodeShare(decoder, object, 'slowPercent');
  trip.slowNs = decoder.wholeOr(object, 'slowAfterMs', 1, WINDOW_MS_MAX, 0) * MS_NS;
  trip.requestsMin = <u32>decoder.wholeOr(object, 'requestsMin', 1, COUNT_MAX, REQUESTS_MIN_DEFAULT);
  decoder.end(object);
  if (!object) return;
  if (!trip.consecutive && !trip.windowed)
    decoder.fail(object, 'needs one of consecutiveFailures, failurePercent and slowPercent');
  if ((trip.slowShare != OFF) != (trip.slowNs != 0)) decoder.fail(object, 'needs slowPercent and slowAfterMs together');
}

function decodeShare(decoder: Decoder, object: Value | null, name: Slice): i32 {
  const value = decoder.optional(object, name);
  return value ? decoder.hundredths(value, 100) : OFF;
}

function decodeOpen(decoder: Decoder, object: Value | null, trip: Trip): void {
  const forMs = decoder.wholeOr(object, 'forMs', 1, OPEN_MS_MAX, OPEN_MS_DEFAULT);
  const most = decoder.wholeOr(object, 'forMaxMs', 1, OPEN_MS_MAX, max(OPEN_MAX_MS_DEFAULT, forMs));
  decoder.end(object);
  if (most < forMs) decoder.fail(object, 'forMaxMs must not be less than forMs');
  trip.forNs = forMs * MS_NS;
  trip.forMaxNs = most * MS_NS;
}

/** `breaker <side> <service> <namespace> <policy> <breaker>`, NUL between. */
function name(decoder: Decoder, target: Target, policy: BreakerPolicy, breaker: Breaker, provider: bool): void {
  const shared = Writer.in(decoder.arena)
    .text('breaker')
    .byte(0)
    .text(provider ? 'provider' : 'consumer')
    .byte(0);
  shared.text(target.service).byte(0).text(policy.namespace).byte(0).text(policy.name).byte(0);
  breaker.shared = shared.text(breaker.name).done();
  breaker.digest = digest(breaker.shared);
  const label = Writer.in(decoder.arena).text(policy.name).byte(0x2f).text(breaker.name);
  breaker.label = label.text(' for ').text(target.service).done();
}

/** FNV-1a, 64 bits. */
function digest(text: Slice): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  for (let i = 0; i < text.length; i++) hash = (hash ^ text.byte(i)) * 0x100000001b3;
  return hash;
}
