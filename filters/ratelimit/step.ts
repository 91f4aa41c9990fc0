import { HeaderMapType } from 'proxy-wasm/assembly/abi/status';
import { monotonicNs } from 'proxy-wasm/assembly/hostcalls/clock';
import { HeaderPairs, replaceHeader } from 'proxy-wasm/assembly/http/headers';
import { streamOf } from 'proxy-wasm/assembly/lifecycle/contexts';
import { request } from 'proxy-wasm/assembly/memory/request';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';
import { Call } from '../call/call';
import { candidatesOf } from '../rule/candidates';
import { deny } from '../verdict/verdict';
import { Reason } from '../verdict/reason';
import { Algorithm, secondsUp } from './bucket';
import { Claim, Outcome } from './claim';
import { hold } from './hold';
import { fingerprintOf } from './key';
import { Limit, RateLimitPolicy } from './policy';

/** Weighs all limits that match together: a call that one of them refuses spends nothing from any. */
export function refusedByRateLimit(call: Call, policies: List<RateLimitPolicy> | null): bool {
  const first = policies ? claimsOf(call, policies) : null;
  if (!first) return false;
  const tightest = longestWait(first);
  if (tightest) return denyClaim(call, tightest);
  for (let claim: Claim | null = first; claim; claim = claim.next) {
    if (claim.outcome == Outcome.ADMITTED) claim.spend();
    if (claim.outcome == Outcome.ADMITTED) continue;
    // A shadow refuses nobody; an enforced limit that another worker just used up does, and the others get theirs back.
    if (claim.enforced) refundAll(first);
    if (denyClaim(call, claim)) return true;
  }
  holdPlaces(call, first);
  noteHeaders(call, first);
  return false;
}

function claimsOf(call: Call, policies: List<RateLimitPolicy>): Claim | null {
  let first: Claim | null = null;
  let last: Claim | null = null;
  const now = monotonicNs();
  for (let i = 0; i < policies.length; i++) {
    const policy = policies.at(i);
    const enforced = policy.enforcedFor(call);
    const found = candidatesOf(policy.limits, policy.index, call);
    for (let j = found.next(); j >= 0; j = found.next()) {
      const limit = policy.limits.at(j);
      const claim = Claim.of(policy, limit, fingerprintOf(call, limit.key), now);
      claim.enforced = enforced;
      claim.peek();
      if (last) last.next = claim;
      else first = claim;
      last = claim;
    }
  }
  return first;
}

/** The enforced limit that makes this call wait longest, the first of them where two do; null when none refuses. */
function longestWait(first: Claim): Claim | null {
  let longest: Claim | null = null;
  for (let claim: Claim | null = first; claim; claim = claim.next) {
    if (!claim.enforced || claim.outcome == Outcome.ADMITTED) continue;
    if (!longest || waitNs(claim) > waitNs(longest)) longest = claim;
  }
  return longest;
}

function waitNs(claim: Claim): u64 {
  return claim.budget.waitNs(claim.limit.rate, claim.now);
}

function refundAll(first: Claim): void {
  for (let claim: Claim | null = first; claim; claim = claim.next) claim.refund();
}

/** Calls in flight are counted until their stream ends. */
function holdPlaces(call: Call, first: Claim): void {
  for (let claim: Claim | null = first; claim; claim = claim.next) {
    if (claim.spent && claim.limit.rate.algorithm == Algorithm.FLIGHT) hold(call.stream, claim);
  }
}

function denyClaim(call: Call, claim: Claim): bool {
  const limit = claim.limit;
  if (claim.outcome == Outcome.FAILED) return deny(call, claim.policy!, limit.name, Reason.FILTER_UNAVAILABLE);
  const pairs = HeaderPairs.begin();
  pairs.add('retry-after', number(max<u64>(secondsUp(waitNs(claim)), 1)));
  pairs.add('x-ratelimit-limit', number(limit.rate.requests));
  pairs.add('x-ratelimit-remaining', number(claim.budget.left(limit.rate)));
  pairs.add('x-ratelimit-reset', number(resetSeconds(claim)));
  return deny(call, claim.policy!, limit.name, reasonOf(limit), pairs);
}

function reasonOf(limit: Limit): Reason {
  if (limit.rate.algorithm == Algorithm.FLIGHT) return Reason.CONCURRENCY_LIMITED;
  return limit.quota ? Reason.QUOTA_EXCEEDED : Reason.RATE_LIMITED;
}

/** Leaves for the response what the limit with the least left says; only of limits that are enforced and tell. */
function noteHeaders(call: Call, first: Claim): void {
  let least: Claim | null = null;
  for (let claim: Claim | null = first; claim; claim = claim.next) {
    if (!claim.enforced || !claim.limit.headers) continue;
    if (!least || claim.budget.left(claim.limit.rate) < least.budget.left(least.limit.rate)) least = claim;
  }
  const stream = least ? streamOf(call.stream) : null;
  if (!least || !stream) return;
  stream.noted = true;
  stream.data0 = least.budget.left(least.limit.rate);
  stream.data1 = (least.limit.rate.requests << 32) | min<u64>(resetSeconds(least), u32.MAX_VALUE);
}

function resetSeconds(claim: Claim): u64 {
  return secondsUp(claim.budget.resetNs(claim.limit.rate, claim.now));
}

/** The response's side: one value each, also where the service behind has headers of its own. */
export function addRateLimitHeaders(id: u32): void {
  const stream = streamOf(id);
  if (!stream || !stream.noted) return;
  stream.noted = false;
  add('x-ratelimit-limit', stream.data1 >> 32);
  add('x-ratelimit-remaining', stream.data0);
  add('x-ratelimit-reset', stream.data1 & 0xffffffff);
}

function add(name: string, value: u64): void {
  const text = Writer.in(request, 32).text(name).done();
  replaceHeader(HeaderMapType.RESPONSE_HEADERS, text, number(value));
}

function number(value: u64): Slice {
  return Writer.in(request, 32).decimal(value).done();
}
