import { Address, List } from 'proxy-wasm';
import { Call } from '../call/call';
import { firstRule } from '../rule/candidates';
import { deny } from '../verdict/verdict';
import { Reason } from '../verdict/reason';
import { AccessPolicy, AccessRule } from './policy';

/** In each policy the first rule that matches decides. */
export function refusedByAccess(call: Call, policies: List<AccessPolicy> | null): bool {
  for (let i = 0; policies && i < policies.length; i++) {
    const policy = policies.at(i);
    const rule = firstRule(policy.rules, policy.index, call);
    if (!rule) continue;
    const reason = decide(rule, call.address);
    if (reason != Reason.NONE && deny(call, policy, rule.nameFor(call), reason)) return true;
  }
  return false;
}

/** Deny wins, and an allow list refuses what it does not name. An unknown address is on every deny list, on no allow list. */
export function decide(rule: AccessRule, address: Address | null): Reason {
  const denied = rule.deny;
  if (denied && (address == null || denied.has(address))) return Reason.ADDRESS_DENIED;
  const allowed = rule.allow;
  if (!allowed) return Reason.NONE;
  return address != null && allowed.has(address) ? Reason.NONE : Reason.ADDRESS_NOT_ALLOWED;
}
