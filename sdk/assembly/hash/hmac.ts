import { copyBytes } from '../bytes/copy';
import { Arena, make } from '../memory/arena';
import { SHA256_BLOCK, SHA256_BYTES, sha256, sha256Begin, sha256Block, sha256Finish } from './sha256';

const PAD: usize = memory.data(64, 16);
const STATE: usize = memory.data(32, 16);
const INNER: usize = memory.data(32, 16);

/**
 * A key for HMAC-SHA-256 (RFC 2104). It keeps the two states after the padded key, so that a short message costs two
 * blocks.
 */
@unmanaged
export class HmacKey {
  private inner: usize;
  private outer: usize;

  /** Writes the authentication code of a message: 32 bytes at `digest`. */
  digest(message: usize, length: i32, digest: usize): void {
    copyBytes(STATE, this.inner, SHA256_BYTES);
    sha256Finish(STATE, message, length, SHA256_BLOCK, INNER);
    copyBytes(STATE, this.outer, SHA256_BYTES);
    sha256Finish(STATE, INNER, SHA256_BYTES, SHA256_BLOCK, digest);
  }

  /** A key of any length. */
  static of(arena: Arena, key: usize, length: i32): HmacKey {
    const made = make<HmacKey>(arena);
    made.inner = padded(arena, key, length, 0x36);
    made.outer = padded(arena, key, length, 0x5c);
    return made;
  }
}

function padded(arena: Arena, key: usize, length: i32, pad: u32): usize {
  memory.fill(PAD, 0, SHA256_BLOCK);
  if (length > SHA256_BLOCK) sha256(key, length, PAD);
  else memory.copy(PAD, key, length);
  for (let i = 0; i < SHA256_BLOCK; i++) store<u8>(PAD + i, load<u8>(PAD + i) ^ pad);
  const state = arena.take(SHA256_BYTES);
  sha256Begin(state);
  sha256Block(state, PAD);
  memory.fill(PAD, 0, SHA256_BLOCK);
  return state;
}
