import { Slice } from 'proxy-wasm';

/** The algorithms of RFC 7518 §3.1 and RFC 8037 §3.1 that can be verified; the value is the bit's place in `Key.allows`. */
export enum Algorithm {
  HS256,
  HS384,
  HS512,
  RS256,
  RS384,
  RS512,
  ES256,
  ES384,
  ES512,
  PS256,
  PS384,
  PS512,
  EDDSA,
  UNKNOWN,
}

export const HMAC: u32 = 0b111;
export const RSA: u32 = 0b111000;
export const PSS: u32 = 0b111000000000;

/** Names are compared as they are written: `none`, `None` and `hs256` are no algorithms. */
export function algorithmOf(name: Slice): Algorithm {
  // RFC 9864 names the curve in the algorithm. No other curve's EdDSA is verified here, so both names say the same.
  if (name.equals('Ed25519')) return Algorithm.EDDSA;
  const names: Slice = 'HS256HS384HS512RS256RS384RS512ES256ES384ES512PS256PS384PS512EdDSA';
  if (name.length != 5) return Algorithm.UNKNOWN;
  for (let i = 0; i < Algorithm.UNKNOWN; i++) {
    if (memory.compare(name.at, names.at + i * 5, 5) == 0) return i;
  }
  return Algorithm.UNKNOWN;
}
