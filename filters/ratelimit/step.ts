import { HeaderPairs, List, Slice, Writer, request, responseHeaders } from 'proxy-wasm';
import { Call } from '../call/call';
import { candidatesOf } from '../rule/candidates';
import { deny, refusedForMemory } from '../verdict/verdict';
import { Reason } from '../verdict/reason';
import { Algorithm, secondsUp } from './bucket';
import { Claim } from './claim';
import { Outcome } from './claim-base';
import { beginTurn } from './copies';
import { hold } from './hold';
import { costOf } from './cost';
import { fingerprintOf } from './key';
import { headersFor, headersOf } from './response-headers';
import { Limit, RateLimitPolicy } from './policy';

// What comes after a call's headers, and between calls: a call in flight ends, and this VM says that it lives.
export { endHolds } from './hold';
export { beat } from './vms';

/** Weighs all limits that match together: a call that one of them refuses spends nothing from any. */
export function refusedByRateLimit(call: Call, policies: List<RateLimitPolicy> | null): bool {
  const first = policies ? claimsOf(call, policies) : null;
  if (!first) return false;
  if (refusedForMemory(call)) return true;
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
  keepHeaders(call, first);
  return false;
}

function claimsOf(call: Call, policies: List<RateLimitPolicy>): Claim | null {
  let first: Claim | null = null;
  let last: Claim | null = null;
  const now = call.now;
  beginTurn();
  for (let i = 0; i < policies.length; i++) {
    const policy = policies.at(i);
    const enforced = policy.enforcedFor(call);
    const found = candidatesOf(policy.limits, policy.index, call);
    for (let j = found.next(); j >= 0; j = found.next()) {
      const limit = policy.limits.at(j);
      const claim = Claim.of(policy, limit, fingerprintOf(call, limit.key), now);
      claim.enforced = enforced;
      claim.amount = costOf(limit.cost, call);
      const shares = limit.shares;
      if (shares) claim.weight = shares.weightOf(call);
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
    if (!longest || claim.waitNs > longest.waitNs) longest = claim;
  }
  return longest;
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
  pairs.add('retry-after', number(max<u64>(secondsUp(claim.waitNs), 1)));
  pairs.add('x-ratelimit-limit', number(limit.rate.requests));
  pairs.add('x-ratelimit-remaining', number(claim.left));
  pairs.add('x-ratelimit-reset', number(secondsUp(claim.resetNs)));
  return deny(call, claim.policy!, limit.name, reasonOf(limit), pairs);
}

function reasonOf(limit: Limit): Reason {
  if (limit.rate.algorithm == Algorithm.FLIGHT) return Reason.CONCURRENCY_LIMITED;
  return limit.quota ? Reason.QUOTA_EXCEEDED : Reason.RATE_LIMITED;
}

/** Leaves for the response what the limit with the least left says; only of limits that are enforced and tell. */
function keepHeaders(call: Call, first: Claim): void {
  let least: Claim | null = null;
  for (let claim: Claim | null = first; claim; claim = claim.next) {
    if (!claim.enforced || !claim.limit.headers) continue;
    if (!least || claim.left < least.left) least = claim;
  }
  if (!least) return;
  const kept = headersFor(call.stream);
  kept.limit = least.limit.rate.requests;
  kept.remaining = least.left;
  kept.reset = secondsUp(least.resetNs);
}

/** The response's side: one value each, also where the service behind has headers of its own. */
export function addRateLimitHeaders(stream: u32): void {
  const kept = headersOf(stream);
  if (!kept) return;
  kept.stream = 0;
  add('x-ratelimit-limit', kept.limit);
  add('x-ratelimit-remaining', kept.remaining);
  add('x-ratelimit-reset', kept.reset);
}

function add(name: Slice, value: u64): void {
  responseHeaders.set(name, number(value));
}

function number(value: u64): Slice {
  return Writer.in(request, 32).decimal(value).done();
}
