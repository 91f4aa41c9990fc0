import { Slice, Value, make, request } from 'proxy-wasm';
import { Call } from '../call/call';
import { Reason } from '../verdict/reason';
import { hasClaims, hasScopes } from './claims';
import { credentialOf } from './credential';
import { judgementOf } from './kept-judgements';
import { JwtPolicy, JwtProvider, JwtRule, Source } from './policy';

/** What a policy found out about the caller's token. */
@unmanaged
export class Finding {
  /** The first reason to refuse, or none. */
  reason: Reason;
  /** Whose token it is, where it was found where, and what it says; null unless it is proved and in force. */
  provider: JwtProvider | null;
  source: Source;
  text: Slice;
  claims: Value;
}

/** Checks in the order of the policy's page: who cannot prove a token is not told what it lacks. */
export function verifyToken(call: Call, policy: JwtPolicy, rule: JwtRule): Finding {
  const finding = make<Finding>(request);
  const credential = credentialOf(call, policy.sources);
  finding.reason = credential.reason;
  if (finding.reason != Reason.NONE) return finding;
  const listed = rule.providers;
  const judgement = judgementOf(policy, listed ? listed : policy.providers, credential);
  finding.reason = judgement.refusal(policy.notBeforeMs);
  if (finding.reason != Reason.NONE) return finding;
  const claims = judgement.claims!;
  finding.provider = judgement.provider;
  finding.source = credential.source;
  finding.text = credential.text;
  finding.claims = claims;
  if (!hasClaims(claims, rule.claims) || !hasScopes(claims, rule.scopes)) finding.reason = Reason.JWT_CLAIMS;
  return finding;
}
