import { sameInConstantTime } from '../bytes/constant-time';
import { Slice } from '../bytes/slice';
import { SHA256_BYTES, sha256 } from '../hash/sha256';
import { sha512 } from '../hash/sha512';
import { Arena } from '../memory/arena';
import { RsaKey } from './rsa';

const DIGEST: usize = memory.data(64, 8);
/** Zeros in front of the digest. */
const EXTRA: i32 = 8;

/**
 * Verifies RSASSA-PSS (RFC 8017 §8.1.2) as JWS uses it (RFC 7518 §3.5): one digest everywhere, and a salt of the same
 * length. `bytes` is 32, 48 or 64, for SHA-256, SHA-384 or SHA-512.
 */
export function verifyPss(arena: Arena, key: RsaKey, bytes: i32, signature: Slice, text: Slice): bool {
  const power = key.power(arena, signature);
  if (!power) return false;
  digest(text.at, text.length, DIGEST, bytes);
  // Where the bits fill whole bytes but one, the encoded message is a byte shorter than the modulus.
  const length = (key.bits + 6) >> 3;
  const spare = key.bytes - length;
  if (spare && load<u8>(power)) return false;
  return isEncoded(arena, power + spare, length, (length << 3) - (key.bits - 1), bytes);
}

/**
 * EMSA-PSS-VERIFY (RFC 8017 §9.1.2) of the digest in DIGEST.
 *
 *   ┌────────────────────────────────────┬────────┬────┐
 *   │ masked: zeros, 01, salt            │ digest │ bc │
 *   └────────────────────────────────────┴────────┴────┘
 */
function isEncoded(arena: Arena, at: usize, length: i32, unusedBits: i32, bytes: i32): bool {
  const masked = length - bytes - 1;
  const zeros = masked - bytes - 1;
  if (zeros < 0 || load<u8>(at + length - 1) != 0xbc) return false;
  const unused = (0xff00 >> unusedBits) & 0xff;
  if (load<u8>(at) & unused) return false;
  unmask(arena, at, masked, at + masked, bytes);
  store<u8>(at, load<u8>(at) & ~unused);
  let wrong: u32 = load<u8>(at + zeros) ^ 1;
  for (let i = 0; i < zeros; i++) wrong |= load<u8>(at + i);
  const message = arena.zeroed(EXTRA + 2 * bytes);
  memory.copy(message + EXTRA, DIGEST, bytes);
  memory.copy(message + EXTRA + bytes, at + masked - bytes, bytes);
  digest(message, EXTRA + 2 * bytes, DIGEST, bytes);
  return !wrong && sameInConstantTime(DIGEST, at + masked, bytes);
}

/** MGF1 (RFC 8017 §B.2.1): the mask is the digests of the seed with a counter behind it. */
function unmask(arena: Arena, at: usize, length: i32, seed: usize, bytes: i32): void {
  const counted = arena.take(bytes + 4);
  const mask = arena.take(bytes);
  memory.copy(counted, seed, bytes);
  for (let from = 0, count: u32 = 0; from < length; from += bytes, count++) {
    store<u32>(counted + bytes, bswap(count));
    digest(counted, bytes + 4, mask, bytes);
    const size = min(bytes, length - from);
    for (let i = 0; i < size; i++) store<u8>(at + from + i, load<u8>(at + from + i) ^ load<u8>(mask + i));
  }
}

function digest(at: usize, length: i32, to: usize, bytes: i32): void {
  if (bytes == SHA256_BYTES) sha256(at, length, to);
  else sha512(at, length, to, bytes);
}
