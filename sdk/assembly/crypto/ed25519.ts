// Ed25519 (RFC 8032 §5.1), verification only. All of it is public, so no time tells anything.
import { copyBytes } from '../bytes/copy';
import { Slice } from '../bytes/slice';
import { SHA512_BLOCK, SHA512_BYTES, sha512Begin, sha512Block, sha512Finish } from '../hash/sha512';
import { Arena, heapArena, make } from '../memory/arena';
import { isSum, multiplesOf } from './edwards-25519';
import { isBelowOrder, reduceToOrder } from './order-25519';

/** The length of a public key in bytes. */
export const ED25519_KEY_BYTES: i32 = 32;
/** The length of a signature in bytes. */
export const ED25519_SIGNATURE_BYTES: i32 = 64;

/** R, the key and the beginning of the text, as they are hashed. */
const BLOCK: usize = memory.data(128, 16);
const STATE: usize = memory.data(64, 16);
const DIGEST: usize = memory.data(64, 16);
const CHALLENGE: usize = memory.data(32, 16);

/** Of the base point; made when there is a first key. */
let baseMultiples: usize = 0;

/** An Ed25519 public key, with what every verification needs of it: 2.5 KiB. */
@unmanaged
export class Ed25519Key {
  private bytes: usize;
  /** Of the key's point, negated. */
  private multiples: usize;

  /** A key; null if the bytes are not a point in its only form, or a point that accepts anybody's signature. */
  static of(arena: Arena, bytes: Slice): Ed25519Key | null {
    if (bytes.length != ED25519_KEY_BYTES) return null;
    if (!baseMultiples) baseMultiples = multiplesOfBase();
    const multiples = multiplesOf(arena, bytes.at, true);
    if (!multiples) return null;
    const key = make<Ed25519Key>(arena);
    key.bytes = arena.copy(bytes.at, ED25519_KEY_BYTES);
    key.multiples = multiples;
    return key;
  }

  /**
   * Whether the signature is right: R = S·B - k·A, where k is the digest of R, A and the text (RFC 8032 §5.1.7 without
   * the cofactor, as most others verify). A signature has only one form: an S of L or more, and an R in another form,
   * are refused.
   */
  verifies(signature: Slice, text: Slice): bool {
    if (signature.length != ED25519_SIGNATURE_BYTES) return false;
    const s = signature.at + 32;
    if (!isBelowOrder(s)) return false;
    copyBytes(BLOCK, signature.at, 32);
    copyBytes(BLOCK + 32, this.bytes, 32);
    digest(text);
    return isSum(signature.at, s, baseMultiples, CHALLENGE, this.multiples);
  }
}

/** The base point has y = 4/5: in bytes, 58 and then 66 throughout. */
function multiplesOfBase(): usize {
  memory.fill(BLOCK, 0x66, 32);
  store<u8>(BLOCK, 0x58);
  return multiplesOf(heapArena(), BLOCK, false);
}

/** k, of what stands in the first half of the block and the text. */
function digest(text: Slice): void {
  const first = min(text.length, SHA512_BLOCK / 2);
  copyBytes(BLOCK + 64, text.at, first);
  sha512Begin(STATE, SHA512_BYTES);
  if (text.length < 64) sha512Finish(STATE, BLOCK, 64 + first, 0, DIGEST, SHA512_BYTES);
  else {
    sha512Block(STATE, BLOCK);
    sha512Finish(STATE, text.at + 64, text.length - 64, SHA512_BLOCK, DIGEST, SHA512_BYTES);
  }
  reduceToOrder(CHALLENGE, DIGEST);
}
