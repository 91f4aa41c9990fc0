import { List, make, request } from 'proxy-wasm';
import { Call } from '../call/call';
import { subjectOf, subjectOfAny } from '../call/consumer';
import { firstRule } from '../rule/candidates';
import { Reason } from '../verdict/reason';
import { deny } from '../verdict/verdict';
import { claimAt } from './claim-at';
import { passOn, removeCopies, scalarText } from './headers';
import { JwtPolicy, JwtRule } from './policy';
import { Finding, verifyToken } from './verify';

// What comes between calls: key sets are fetched.
export { refreshKeySets, takeKeySet } from './refresh';

/** Every policy looks at the request; a token that holds gives the consumer its name, if the step before did not. */
export function refusedByJwt(call: Call, policies: List<JwtPolicy> | null): bool {
  if (!policies) return false;
  removeCopies(call, policies);
  const findings = List.of<Finding>(request, policies.length);
  for (let i = 0; i < policies.length; i++) {
    const policy = policies.at(i);
    const rule = firstRule(policy.rules, policy.index, call);
    const finding = rule ? verifyToken(call, policy, rule) : make<Finding>(request);
    findings.put(i, finding);
    if (!rule) continue;
    identify(call, finding);
    if (refuses(rule, finding.reason) && deny(call, policy, rule.nameFor(call), finding.reason)) return true;
  }
  // Only now: each policy has read the request as it came.
  passOn(call, findings);
  return false;
}

function refuses(rule: JwtRule, reason: Reason): bool {
  return reason != Reason.NONE && !rule.exempts && !(rule.optional && reason == Reason.JWT_MISSING);
}

function identify(call: Call, finding: Finding): void {
  const provider = finding.provider;
  if (!provider || call.consumer) return;
  const subject = scalarText(claimAt(finding.claims, provider.subject));
  if (!subject || !subject.length) return;
  call.consumer = subjectOf(request, provider.name, subject);
  call.subject = subjectOfAny(request, subject);
}
