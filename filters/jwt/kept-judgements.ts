import { Arena, List, make } from 'proxy-wasm';
import { Reason } from '../verdict/reason';
import { Credential } from './credential';
import { keySetChanges, setAt } from './fetched-set';
import { Judgement, judge, providerOf } from './judgement';
import { JwtPolicy, JwtProvider, Source } from './policy';

/** A judgement that refuses, and what else it depends on. */
@unmanaged
class Refusal {
  judgement: Judgement;
  source: Source;
  /** Those that the rule takes. */
  providers: List<JwtProvider>;
}

/** As it was judged before, as long as that would come out again; else judged now, and kept. */
export function judgementOf(policy: JwtPolicy, providers: List<JwtProvider>, credential: Credential): Judgement {
  forgetOtherKeys(policy);
  const proved = provedBefore(policy, providers, credential);
  const known = proved ? proved : refusedBefore(policy, providers, credential);
  const judgement = known ? known : judge(providers, credential);
  if (judgement.reason == Reason.JWT_UNKNOWN_KEY) askForKeys(judgement.provider);
  if (!known) keep(policy, providers, credential, judgement);
  return judgement;
}

/** What was proved, or refused, by keys that are not in force any more says nothing. */
function forgetOtherKeys(policy: JwtPolicy): void {
  if (policy.keySetChanges == keySetChanges) return;
  policy.keySetChanges = keySetChanges;
  policy.proved.clear();
  policy.refused.clear();
}

/** The same token proves the same only where it stands for the same provider. */
function provedBefore(policy: JwtPolicy, providers: List<JwtProvider>, credential: Credential): Judgement | null {
  const at = policy.proved.find(credential.text);
  if (!at) return null;
  const judgement = changetype<Judgement>(at);
  const provider = providerOf(providers, credential.source, judgement.claims!);
  return changetype<usize>(provider) == changetype<usize>(judgement.provider) ? judgement : null;
}

/** Null too where nothing but the time was against it, and that has come. */
function refusedBefore(policy: JwtPolicy, providers: List<JwtProvider>, credential: Credential): Judgement | null {
  const at = policy.refused.find(credential.text);
  if (!at) return null;
  const refusal = changetype<Refusal>(at);
  if (changetype<usize>(refusal.providers) != changetype<usize>(providers)) return null;
  if (changetype<usize>(refusal.source) != changetype<usize>(credential.source)) return null;
  return refusal.judgement.refusal(policy.notBeforeMs) == Reason.NONE ? null : refusal.judgement;
}

/** An unknown key may be a new one: the set is fetched soon. */
function askForKeys(provider: JwtProvider | null): void {
  const address = provider ? provider.address : null;
  const set = address ? setAt(address) : null;
  if (set) set.hasten();
}

/**
 * Each in its own memory: what is refused may be anybody's, and pushes nothing out that is proved. That a token could not be
 * judged is not kept.
 */
function keep(policy: JwtPolicy, providers: List<JwtProvider>, credential: Credential, judgement: Judgement): void {
  if (judgement.reason == Reason.FILTER_UNAVAILABLE) return;
  const refuses = judgement.refusal(policy.notBeforeMs) != Reason.NONE;
  const slot = (refuses ? policy.refused : policy.proved).begin(credential.text);
  if (!slot) return;
  const kept = copied(slot.arena, judgement, !refuses);
  if (!refuses) {
    slot.end(changetype<usize>(kept), credential.text);
    return;
  }
  const refusal = make<Refusal>(slot.arena);
  refusal.judgement = kept;
  refusal.source = credential.source;
  refusal.providers = providers;
  slot.end(changetype<usize>(refusal), credential.text);
}

/** Of a token that is refused nobody asks for the claims. */
function copied(arena: Arena, judgement: Judgement, withClaims: bool): Judgement {
  const copy = make<Judgement>(arena);
  copy.reason = judgement.reason;
  copy.provider = judgement.provider;
  const times = judgement.times;
  copy.times = times ? times.copiedTo(arena) : null;
  copy.claims = withClaims ? judgement.claims!.copiedTo(arena) : null;
  return copy;
}
