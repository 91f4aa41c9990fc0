import { wallMs } from 'proxy-wasm/assembly/hostcalls/clock';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Kind, Value } from 'proxy-wasm/assembly/json/value';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Call } from '../call/call';
import { Reason } from '../verdict/reason';
import { Times, hasClaims, hasScopes, isForAudience } from './claims';
import { Credential, credentialOf } from './credential';
import { Algorithm } from './algorithm';
import { keySetChanges, setAt } from './fetched-set';
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
  text: Slice;
  claims: Value;
}

/** What a token says, once it is proved: all that a verdict needs which depends on the token alone. Kept from call to call. */
@unmanaged
class Proved {
  /** Why it is not; else NONE. */
  doubt: i32;
  provider: JwtProvider;
  times: Times;
  claims: Value;
}

/** Checks in this order: nothing that the token says of itself is acted upon before what proves it, but for whose it is. */
export function verifyToken(call: Call, policy: JwtPolicy, rule: JwtRule): Finding {
  const finding = make<Finding>(request);
  const credential = credentialOf(call, policy.sources);
  finding.reason = credential.reason;
  if (finding.reason != NONE) return finding;
  const listed = rule.providers;
  const providers = listed ? listed : policy.providers;
  const known = remembered(policy, providers, credential);
  const proved = known ? known : prove(providers, credential);
  if (proved.doubt != NONE) return refused(finding, proved.doubt);
  const provider = proved.provider;
  const untimely = proved.times.refused(wallMs(), provider.skewMs, policy.notBeforeMs);
  if (untimely != NONE) return refused(finding, untimely);
  const audiences = provider.audiences;
  if (!known && audiences && !isForAudience(proved.claims, audiences)) return refused(finding, Reason.JWT_AUDIENCE);
  if (!known) remember(policy, credential, proved);
  finding.provider = provider;
  finding.source = credential.source;
  finding.text = credential.text;
  finding.claims = proved.claims;
  const holds = hasClaims(proved.claims, rule.claims) && hasScopes(proved.claims, rule.scopes);
  return holds ? finding : refused(finding, Reason.JWT_CLAIMS);
}

function prove(providers: List<JwtProvider>, credential: Credential): Proved {
  const proved = make<Proved>(request);
  proved.doubt = NONE;
  const token = readToken(request, credential.text);
  if (!token) return doubted(proved, Reason.JWT_MALFORMED);
  const algorithm = algorithmIn(token.header);
  if (algorithm == Algorithm.UNKNOWN) return doubted(proved, Reason.JWT_ALGORITHM);
  if (!token.signature.length) return doubted(proved, Reason.JWT_MALFORMED);
  const provider = providerOf(providers, credential.source, token.claims);
  if (!provider) return doubted(proved, Reason.JWT_ISSUER);
  const address = provider.address;
  const set = address ? setAt(address) : null;
  const keys = set ? set.keys : address ? null : provider.keys;
  // They were never fetched, or too long ago.
  if (!keys) return doubted(proved, Reason.FILTER_UNAVAILABLE);
  const doubt = unproved(keys, token, algorithm);
  if (set && doubt == Reason.JWT_UNKNOWN_KEY) set.hasten();
  if (doubt != NONE) return doubted(proved, doubt);
  const times = Times.of(request, token.claims);
  if (!times) return doubted(proved, Reason.JWT_MALFORMED);
  proved.provider = provider;
  proved.times = times;
  proved.claims = token.claims;
  return proved;
}

/** The same token proves the same only where it stands for the same provider. */
function remembered(policy: JwtPolicy, providers: List<JwtProvider>, credential: Credential): Proved | null {
  if (policy.cacheChanges != keySetChanges) {
    policy.cacheChanges = keySetChanges;
    policy.cache.clear();
  }
  const at = policy.cache.find(credential.text);
  if (!at) return null;
  const proved = changetype<Proved>(at);
  const provider = providerOf(providers, credential.source, proved.claims);
  return provider && changetype<usize>(provider) == changetype<usize>(proved.provider) ? proved : null;
}

function remember(policy: JwtPolicy, credential: Credential, proved: Proved): void {
  const slot = policy.cache.begin(credential.text);
  if (!slot) return;
  const kept = make<Proved>(slot.arena);
  kept.doubt = NONE;
  kept.provider = proved.provider;
  kept.times = proved.times.copiedTo(slot.arena);
  kept.claims = proved.claims.copiedTo(slot.arena);
  slot.end(changetype<usize>(kept), credential.text);
}

function doubted(proved: Proved, doubt: i32): Proved {
  proved.doubt = doubt;
  return proved;
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
