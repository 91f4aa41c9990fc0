import { Kind, List, Signature, Value } from 'proxy-wasm';
import { Reason } from '../verdict/reason';
import { Algorithm, algorithmOf } from './algorithm';
import { Key } from './key';
import { Token } from './token';

/** Whoever sends tokens chooses how many keys they may mean: of those that may verify the first is tried, and as many more. */
const COST_US_MAX: i32 = 350;

/** What the header names; it only says which of a key's own algorithms was used. */
export function algorithmIn(header: Value): Algorithm {
  const alg = header.member('alg');
  return alg && alg.kind == Kind.STRING ? algorithmOf(alg.text) : Algorithm.UNKNOWN;
}

/**
 * None when a key of the set proves the token. A key that the token brings along, or says where to fetch (`jwk`, `jku`,
 * `x5c`, `x5u`), is neither believed nor looked at: issuers put them into every token.
 */
export function unproved(keys: List<Key>, token: Token, algorithm: Algorithm): Reason {
  const kid = token.header.member('kid');
  if (kid && kid.kind != Kind.STRING) return Reason.JWT_MALFORMED;
  let reason = Reason.JWT_UNKNOWN_KEY;
  let tried = 0;
  let costUs = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys.at(i);
    const id = key.id;
    // A key without an id may be meant by any; a token without one may mean any key.
    if (kid && id && !id.equals(kid.text)) continue;
    if (!key.mayVerify(algorithm)) {
      if (reason == Reason.JWT_UNKNOWN_KEY) reason = Reason.JWT_ALGORITHM;
      continue;
    }
    if (reason != Reason.FILTER_UNAVAILABLE) reason = Reason.JWT_SIGNATURE;
    if (token.signature.length != key.signatureBytes(algorithm)) continue;
    costUs += key.costUs(algorithm, token.signed.length);
    if (tried++ && costUs > COST_US_MAX) return reason;
    const signature = key.verify(algorithm, token.signed, token.signature);
    if (signature == Signature.RIGHT) return Reason.NONE;
    if (signature == Signature.UNKNOWN) reason = Reason.FILTER_UNAVAILABLE;
  }
  return reason;
}
