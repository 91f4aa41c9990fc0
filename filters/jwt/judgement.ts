import { Kind, List, Value, make, request, wallMs } from 'proxy-wasm';
import { Reason } from '../verdict/reason';
import { Algorithm } from './algorithm';
import { Times, isForAudience } from './claims';
import { Credential } from './credential';
import { Key } from './key';
import { setAt } from './fetched-set';
import { JwtProvider, Source } from './policy';
import { algorithmIn, unproved } from './proof';
import { readToken } from './token';

/**
 * What is found out about a token, as far as it depends on the token, on where it stands, on the providers that are asked and
 * on their keys. Whether it is in force now, and what the rule wants of it, is asked each time.
 */
@unmanaged
export class Judgement {
  /** Why it is refused even while it is in force, or none. */
  reason: Reason;
  /** Whose token it says that it is; null where that is nobody's. */
  provider: JwtProvider | null;
  /** Null unless it is proved. */
  times: Times | null;
  /** Null unless it is proved. */
  claims: Value | null;

  /** Why it is refused now, or none. */
  refusal(notBeforeMs: i64): Reason {
    const times = this.times;
    const untimely = times ? times.refused(wallMs(), this.provider!.skewMs, notBeforeMs) : Reason.NONE;
    return untimely != Reason.NONE ? untimely : this.reason;
  }
}

/** Nothing that a token says of itself is acted upon before what proves it, but for whose it is. */
export function judge(providers: List<JwtProvider>, credential: Credential): Judgement {
  const judgement = make<Judgement>(request);
  judgement.reason = doubtOf(judgement, providers, credential);
  return judgement;
}

/** Keeps what it finds on its way to the first reason to refuse. */
function doubtOf(judgement: Judgement, providers: List<JwtProvider>, credential: Credential): Reason {
  const token = readToken(request, credential.text);
  if (!token) return Reason.JWT_MALFORMED;
  const algorithm = algorithmIn(token.header);
  if (algorithm == Algorithm.UNKNOWN) return Reason.JWT_ALGORITHM;
  if (!token.signature.length) return Reason.JWT_MALFORMED;
  const provider = providerOf(providers, credential.source, token.claims);
  if (!provider) return Reason.JWT_ISSUER;
  judgement.provider = provider;
  const keys = keysOf(provider);
  if (!keys) return Reason.FILTER_UNAVAILABLE;
  const doubt = unproved(keys, token, algorithm);
  if (doubt != Reason.NONE) return doubt;
  const times = Times.of(request, token.claims);
  if (!times) return Reason.JWT_MALFORMED;
  judgement.times = times;
  judgement.claims = token.claims;
  const audiences = provider.audiences;
  return audiences && !isForAudience(token.claims, audiences) ? Reason.JWT_AUDIENCE : Reason.NONE;
}

/** Null where they were never fetched, or too long ago. */
function keysOf(provider: JwtProvider): List<Key> | null {
  const address = provider.address;
  if (!address) return provider.keys;
  const set = setAt(address);
  return set ? set.keys : null;
}

/** The provider that issued it, among those that a token in this place may come from. */
export function providerOf(providers: List<JwtProvider>, source: Source, claims: Value): JwtProvider | null {
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
