import { HeaderPairs, Headers, List, Writer, findRoot, monotonicNs, request, responseHeaders } from 'proxy-wasm';
import { Call } from '../call/call';
import { Configuration } from '../configuration/configuration';
import { candidatesOf } from '../rule/candidates';
import { isGrpc } from '../verdict/answer';
import { Reason } from '../verdict/reason';
import { deny, denyWith } from '../verdict/verdict';
import { OFF, UNFINISHED_NS } from './circuit';
import { Outcome, isOfUpstream, outcomeAtEnd, outcomeOf, upstreamWasLost } from './outcome';
import { Pending, addPending, pendingOf, removePending } from './pending';
import { Breaker, BreakerPolicy } from './policy';
import { Pass, ask, endLease, finish, recordOutcome } from './shared';

const SECOND_NS: u64 = 1000000000;

/** Every breaker that matches is asked; the first that is open refuses. `ended`: the request is no more than its head. */
export function refusedByBreaker(call: Call, policies: List<BreakerPolicy> | null, ended: bool): bool {
  if (!policies) return false;
  const now = call.now;
  const complete = ended || isUpgrade(call.headers);
  for (let i = 0; i < policies.length; i++) {
    const policy = policies.at(i);
    const found = candidatesOf(policy.breakers, policy.index, call);
    for (let j = found.next(); j >= 0; j = found.next()) {
      const breaker = policy.breakers.at(j);
      const pass = ask(breaker, now, complete);
      if (!pass.refused) remember(call, breaker, pass, complete, now);
      else if (refuse(call, policy, breaker, pass.waitNs)) {
        withdraw(call.stream, now);
        return true;
      }
    }
  }
  return false;
}

/** All of the request is through: from now on the upstream's time runs, and a probe has its place for as long as that may. */
export function requestCompleted(stream: u32): void {
  let pending = pendingOf(stream, 0);
  const now = pending ? monotonicNs() : 0;
  for (let nth = 0; pending; pending = pendingOf(stream, ++nth)) {
    const breaker = breakerOf(pending);
    if (breaker) pending.deadline = finish(breaker, pending.generation, pending.probe, pending.deadline, now);
    pending.complete = true;
    pending.sinceNs = now;
  }
}

/** The head of the answer is there: most outcomes are known now. */
export function responseBegan(stream: u32): void {
  let pending = pendingOf(stream, 0);
  const answer = pending ? responseHeaders.all() : null;
  if (!answer) return;
  const now = monotonicNs();
  for (let kept = 0; pending; pending = pendingOf(stream, kept)) {
    const breaker = breakerOf(pending);
    const outcome = breaker ? ofUpstream(outcomeOf(breaker.failures, answer), pending, now) : Outcome.NONE;
    pending.slow = breaker != null && isSlow(breaker, pending, now);
    if (outcome == Outcome.LATER) {
      pending.answered = true;
      kept++;
    } else settle(pending, breaker, outcome, now);
  }
}

/** The end of the stream, whatever its end. A call that its caller left says nothing. */
export function streamEnded(stream: u32): void {
  let pending = pendingOf(stream, 0);
  const now = pending ? monotonicNs() : 0;
  for (; pending; pending = pendingOf(stream, 0)) {
    const breaker = breakerOf(pending);
    let outcome = Outcome.NONE;
    if (breaker && pending.answered) outcome = outcomeAtEnd(breaker.failures);
    else if (breaker && upstreamWasLost(breaker.failures)) {
      pending.slow = isSlow(breaker, pending, now);
      outcome = Outcome.FAILED;
    }
    settle(pending, breaker, ofUpstream(outcome, pending, now), now);
  }
}

/**
 * Of a request that is not complete only the upstream's own answer counts. A failure, whatever its form, may come for want of
 * the rest, unless it comes before anybody would have waited for that.
 */
function ofUpstream(outcome: Outcome, pending: Pending, now: u64): Outcome {
  if (pending.complete) return outcome;
  if (outcome == Outcome.FAILED && now - pending.sinceNs >= UNFINISHED_NS) return Outcome.NONE;
  return pending.answered || isOfUpstream() ? outcome : Outcome.NONE;
}

function settle(pending: Pending, breaker: Breaker | null, outcome: Outcome, now: u64): void {
  if (breaker) {
    const generation = pending.generation;
    const probe = pending.probe;
    if (outcome == Outcome.NONE) endLease(breaker, generation, probe, pending.deadline, now);
    else recordOutcome(breaker, generation, probe, pending.deadline, outcome == Outcome.FAILED, pending.slow, now);
  }
  removePending(pending);
}

function remember(call: Call, breaker: Breaker, pass: Pass, complete: bool, now: u64): void {
  if (!pass.counts) return;
  const pending = addPending(call.stream);
  if (!pending) return endLease(breaker, pass.generation, pass.probe, pass.deadline, now);
  pending.root = call.root;
  pending.breaker = breaker.digest;
  pending.complete = complete;
  pending.sinceNs = now;
  pending.generation = pass.generation;
  pending.probe = pass.probe;
  pending.deadline = pass.deadline;
}

/** Another breaker refused the call: what it got from those before is for somebody else. */
function withdraw(stream: u32, now: u64): void {
  for (let pending = pendingOf(stream, 0); pending; pending = pendingOf(stream, 0)) {
    settle(pending, breakerOf(pending), Outcome.NONE, now);
  }
}

/** A fallback is an answer of its own; a gRPC caller could not read it and gets the status. */
function refuse(call: Call, policy: BreakerPolicy, breaker: Breaker, waitNs: u64): bool {
  const pairs = HeaderPairs.begin();
  const fallback = breaker.fallback;
  if (!fallback || isGrpc(call.headers)) {
    const seconds = max<u64>((waitNs + SECOND_NS - 1) / SECOND_NS, 1);
    pairs.add('retry-after', Writer.in(request, 32).decimal(seconds).done());
    return deny(call, policy, breaker.name, Reason.BREAKER_OPEN, pairs);
  }
  for (let i = 0; i < fallback.headers.length; i++) {
    const field = fallback.headers.at(i);
    pairs.add(field.name, field.value);
  }
  return denyWith(call, policy, breaker.name, Reason.BREAKER_OPEN, fallback.status, fallback.body, pairs);
}

function isSlow(breaker: Breaker, pending: Pending, now: u64): bool {
  return breaker.trip.slowShare != OFF && pending.complete && now - pending.sinceNs >= breaker.trip.slowNs;
}

/**
 * What follows the head of an upgrade is no body, and comes behind the answer. Envoy takes the header off requests that ask for
 * none; one that announces a body as well is taken at its word.
 */
function isUpgrade(headers: Headers): bool {
  return headers.first('upgrade') != null && !headers.first('content-length') && !headers.first('transfer-encoding');
}

/** Null when a new configuration does not have it any more. */
function breakerOf(pending: Pending): Breaker | null {
  const root = findRoot(pending.root);
  if (!root || !root.settings) return null;
  return changetype<Configuration>(root.settings).breakers.find(pending.breaker);
}
