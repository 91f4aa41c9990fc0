import {
  Action,
  HeaderPairs,
  Headers,
  Level,
  Slice,
  Writer,
  closeDownstream,
  log,
  logs,
  overdrawn,
  request,
  sliceOf,
} from 'proxy-wasm';
import { Call } from '../call/call';
import { Policy } from '../rule/policy';
import { answer, answerWith } from './answer';
import { writeCaller } from './caller';
import { countAllowed, countDenied } from './counters';
import { Reason, reasonText, stepText } from './reason';
import { Tally } from './tally';

/**
 * A policy's refusal: counted and logged in this one place, and sent when it is enforced for this caller. Returns whether
 * the request ends here.
 */
export function deny(call: Call, policy: Policy, rule: Slice, reason: Reason, pairs: HeaderPairs | null = null): bool {
  const enforced = policy.enforcedFor(call);
  const named = ruleName(policy, rule);
  countAndLog(call, Tally.of(policy, rule), named, reason, enforced);
  if (enforced) refuse(reason, named, call.headers, pairs);
  return enforced;
}

/** The same with an answer that the policy brings along. */
export function denyWith(
  call: Call,
  policy: Policy,
  rule: Slice,
  reason: Reason,
  status: u32,
  body: Slice,
  pairs: HeaderPairs,
): bool {
  const enforced = policy.enforcedFor(call);
  countAndLog(call, Tally.of(policy, rule), ruleName(policy, rule), reason, enforced);
  if (enforced) answerWith(reason, status, body, pairs);
  return enforced;
}

/** A refusal that no policy's mode softens. */
export function denyAlways(call: Call, rule: Slice, reason: Reason): bool {
  countAndLog(call, null, rule, reason, true);
  refuse(reason, rule, call.headers, null);
  return true;
}

/** A call that took more memory than one may goes no further: what was found out about it may be wrong. */
export function refusedForMemory(call: Call): bool {
  return overdrawn() && denyAlways(call, 'request/memory', Reason.FILTER_UNAVAILABLE);
}

/** The filter cannot tell who is calling or what is configured: nobody passes. */
export function unavailable(): Action {
  countDenied(Reason.FILTER_UNAVAILABLE, false);
  refuse(Reason.FILTER_UNAVAILABLE, sliceOf(request, 0, 0), null, null);
  return Action.PAUSE;
}

export function allow(call: Call): Action {
  if (refusedForMemory(call)) return Action.PAUSE;
  countAllowed();
  return Action.CONTINUE;
}

/** A connection can only be closed: there is nothing that its client would understand. */
function refuse(reason: Reason, rule: Slice, headers: Headers | null, pairs: HeaderPairs | null): void {
  if (isDefined(TCP)) closeDownstream();
  else answer(reason, rule, headers, pairs ? pairs : HeaderPairs.begin());
}

function ruleName(policy: Policy, rule: Slice): Slice {
  return Writer.in(request).text(policy.name).text('/').text(rule).done();
}

/** `tally` is null where no policy refuses. Shadow verdicts are logged in production too, so only some of them are. */
function countAndLog(call: Call, tally: Tally | null, rule: Slice, reason: Reason, enforced: bool): void {
  countDenied(reason, !enforced);
  if (tally) tally.count(enforced);
  const level = enforced ? Level.DEBUG : Level.INFO;
  if (!logs(level) || (!enforced && tally && !tally.tells(call.now))) return;
  const line = Writer.in(request)
    .text(enforced ? 'denied ' : 'shadow ')
    .text(stepText(reason))
    .text(' ');
  line.text(rule).text(' ').text(reasonText(reason)).text(' for ');
  writeCaller(line, call);
  const untold = tally && !enforced ? tally.takeUntold() : 0;
  if (untold) line.text(', and ').decimal(untold).text(' more since');
  log(level, line.done());
}
