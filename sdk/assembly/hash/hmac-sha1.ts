import { Arena, make } from '../memory/arena';
import { SHA1_BLOCK, SHA1_BYTES, sha1, sha1Begin, sha1Block, sha1Finish } from './sha1';

const PAD: usize = memory.data(64, 16);
const STATE: usize = memory.data(20, 16);
const INNER: usize = memory.data(20, 16);

/**
 * A key for HMAC-SHA-1 (RFC 2104), which still cannot be forged (RFC 6194). It keeps the two states after the padded
 * key.
 */
@unmanaged
export class HmacSha1Key {
  private inner: usize;
  private outer: usize;

  /** Writes the authentication code of a message: 20 bytes at `digest`. */
  digest(message: usize, length: i32, digest: usize): void {
    memory.copy(STATE, this.inner, SHA1_BYTES);
    sha1Finish(STATE, message, length, SHA1_BLOCK, INNER);
    memory.copy(STATE, this.outer, SHA1_BYTES);
    sha1Finish(STATE, INNER, SHA1_BYTES, SHA1_BLOCK, digest);
  }

  /** A key of any length. */
  static of(arena: Arena, key: usize, length: i32): HmacSha1Key {
    const made = make<HmacSha1Key>(arena);
    made.inner = padded(arena, key, length, 0x36);
    made.outer = padded(arena, key, length, 0x5c);
    return made;
  }
}

function padded(arena: Arena, key: usize, length: i32, pad: u32): usize {
  memory.fill(PAD, 0, SHA1_BLOCK);
  if (length > SHA1_BLOCK) sha1(key, length, PAD);
  else memory.copy(PAD, key, length);
  for (let i = 0; i < SHA1_BLOCK; i++) store<u8>(PAD + i, load<u8>(PAD + i) ^ pad);
  const state = arena.take(SHA1_BYTES);
  sha1Begin(state);
  sha1Block(state, PAD);
  memory.fill(PAD, 0, SHA1_BLOCK);
  return state;
}
