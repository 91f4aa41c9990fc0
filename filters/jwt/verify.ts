import { wallMs } from 'proxy-wasm/assembly/hostcalls/clock';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Kind, Value } from 'proxy-wasm/assembly/json/value';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Call } from '../call/call';
import { Reason } from '../verdict/reason';
import { hasClaims, hasScopes, isForAudience, refusedByTime } from './claims';
import { credentialOf } from './credential';
import { Algorithm } from './algorithm';
import { JwtPolicy, JwtProvider, JwtRule, Source } from './policy';
import { algorithmIn, unproved } from './proof';
import { readToken } from './token';

/** No reason to refuse. */
export const NONE: i32 = -1;

/** What a policy found out about the caller's token. */
@unmanaged
export class Finding {
  /** The first reason to refuse, or NONE. */
  reason: i32;
  /** Whose token it is, where it was found where, and what it says; null unless it is proved and in force. */
  provider: JwtProvider | null;
  source: Source;
  claims: Value;
}

/** Checks in this order: nothing that the token says of itself is acted upon before what proves it, but for whose it is. */
export function verifyToken(call: Call, policy: JwtPolicy, rule: JwtRule): Finding {
  const finding = make<Finding>(request);
  const credential = credentialOf(call, policy.sources);
  finding.reason = credential.reason;
  if (finding.reason != NONE) return finding;
  const token = readToken(request, credential.text);
  if (!token) return refused(finding, Reason.JWT_MALFORMED);
  const algorithm = algorithmIn(token.header);
  if (algorithm == Algorithm.UNKNOWN) return refused(finding, Reason.JWT_ALGORITHM);
  if (!token.signature.length) return refused(finding, Reason.JWT_MALFORMED);
  const providers = rule.providers;
  const provider = providerOf(providers ? providers : policy.providers, credential.source, token.claims);
  if (!provider) return refused(finding, Reason.JWT_ISSUER);
  const doubt = unproved(provider.keys, token, algorithm);
  if (doubt != NONE) return refused(finding, doubt);
  const untimely = refusedByTime(token.claims, wallMs(), provider.skewMs);
  if (untimely != NONE) return refused(finding, untimely);
  const audiences = provider.audiences;
  if (audiences && !isForAudience(token.claims, audiences)) return refused(finding, Reason.JWT_AUDIENCE);
  finding.provider = provider;
  finding.source = credential.source;
  finding.claims = token.claims;
  const holds = hasClaims(token.claims, rule.claims) && hasScopes(token.claims, rule.scopes);
  return holds ? finding : refused(finding, Reason.JWT_CLAIMS);
}

function refused(finding: Finding, reason: i32): Finding {
  finding.reason = reason;
  return finding;
}

/** The provider that issued it, among those that a token in this place may come from. */
function providerOf(providers: List<JwtProvider>, source: Source, claims: Value): JwtProvider | null {
  const issuer = claims.member('iss');
  if (!issuer || issuer.kind != Kind.STRING) return null;
  for (let i = 0; i < providers.length; i++) {
    const provider = providers.at(i);
    if (!provider.issuer.equals(issuer.text)) continue;
    for (let j = 0; j < provider.sources.length; j++) {
      if (changetype<usize>(provider.sources.at(j)) == changetype<usize>(source)) return provider;
    }
  }
  return null;
}
