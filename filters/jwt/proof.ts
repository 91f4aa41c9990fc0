import { List } from 'proxy-wasm/assembly/bytes/list';
import { Kind, Value } from 'proxy-wasm/assembly/json/value';
import { Reason } from '../verdict/reason';
import { Algorithm, algorithmOf } from './algorithm';
import { Key } from './key';
import { Token } from './token';

/** PSS and EdDSA are computed here, and cost: of the keys that a token may mean so many are tried. */
const TRIES_MAX = 4;

/** What the header names; it only says which of a key's own algorithms was used. */
export function algorithmIn(header: Value): Algorithm {
  const alg = header.member('alg');
  return alg && alg.kind == Kind.STRING ? algorithmOf(alg.text) : Algorithm.UNKNOWN;
}

/** -1 when a key of the set proves the token. A token that brings its own key, or says where to fetch one, is not believed. */
export function unproved(keys: List<Key>, token: Token, algorithm: Algorithm): i32 {
  const header = token.header;
  if (header.member('jwk') || header.member('jku') || header.member('x5u') || header.member('x5c')) {
    return Reason.JWT_UNKNOWN_KEY;
  }
  const kid = header.member('kid');
  if (kid && kid.kind != Kind.STRING) return Reason.JWT_MALFORMED;
  let reason: i32 = Reason.JWT_UNKNOWN_KEY;
  let tries = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys.at(i);
    const id = key.id;
    // A key without an id may be meant by any; a token without one may mean any key.
    if (kid && id && !id.equals(kid.text)) continue;
    if (!key.mayVerify(algorithm)) {
      if (reason == Reason.JWT_UNKNOWN_KEY) reason = Reason.JWT_ALGORITHM;
    } else if (algorithm >= Algorithm.PS256 && tries++ == TRIES_MAX) return Reason.JWT_SIGNATURE;
    else if (key.verifies(algorithm, token.signed, token.signature)) return -1;
    else reason = Reason.JWT_SIGNATURE;
  }
  return reason;
}
