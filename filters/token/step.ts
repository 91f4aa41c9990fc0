import { Headers, List, Slice } from 'proxy-wasm';
import { Call } from '../call/call';
import { removeEverySpelling, removeOtherSpellings } from '../call/spelling';
import { firstRule } from '../rule/candidates';
import { Reason } from '../verdict/reason';
import { deny } from '../verdict/verdict';
import { TokenPolicy } from './policy';
import { sign } from './sign';
import { verify } from './verify';

/** The provider's side: every policy looks at the request; a token that holds gives the consumer its name. */
export function refusedByToken(call: Call, policies: List<TokenPolicy> | null): bool {
  for (let i = 0; policies && i < policies.length; i++) removeHeaders(call.headers, policies.at(i), false);
  for (let i = 0; policies && i < policies.length; i++) {
    const policy = policies.at(i);
    const rule = firstRule(policy.rules, policy.index, call);
    if (!rule) continue;
    const reason = verify(call, policy, rule);
    if (reason != Reason.NONE && !rule.exempts && deny(call, policy, rule.nameFor(call), reason)) return true;
  }
  return false;
}

/** The consumer's side, last of all: the application's own token headers go, in every mode, and the proxy's take their place. */
export function signToken(call: Call, policies: List<TokenPolicy> | null): void {
  if (!policies) return;
  for (let i = 0; i < policies.length; i++) removeHeaders(call.headers, policies.at(i), true);
  for (let i = 0; i < policies.length; i++) sign(policies.at(i));
}

/** Removes what the service may take for the token's headers, which nobody checked; where it is `all`, those too. */
function removeHeaders(headers: Headers, policy: TokenPolicy, all: bool): void {
  const header = policy.header;
  if (header) return removeHeader(headers, header, all);
  removeHeader(headers, policy.systemHeader, all);
  removeHeader(headers, policy.dateHeader, all);
  removeHeader(headers, policy.digestHeader, all);
  const nonce = policy.nonceHeader;
  if (nonce) removeHeader(headers, nonce, all);
}

function removeHeader(headers: Headers, name: Slice, all: bool): void {
  if (all) removeEverySpelling(headers, name);
  else removeOtherSpellings(headers, name);
}
