import { Arena, make } from '../memory/arena';
import { SHA512_BLOCK, SHA512_BYTES, sha512, sha512Begin, sha512Block, sha512Finish } from './sha512';

const PAD: usize = memory.data(128, 16);
const STATE: usize = memory.data(64, 16);
const INNER: usize = memory.data(64, 16);

/** A key for HMAC-SHA-512 or HMAC-SHA-384. It keeps the two states after the padded key. */
@unmanaged
export class HmacSha512Key {
  private inner: usize;
  private outer: usize;
  private bytes: i32;

  /** Writes the authentication code of a message: 64 or 48 bytes at `digest`. */
  digest(message: usize, length: i32, digest: usize): void {
    memory.copy(STATE, this.inner, SHA512_BYTES);
    sha512Finish(STATE, message, length, SHA512_BLOCK, INNER, this.bytes);
    memory.copy(STATE, this.outer, SHA512_BYTES);
    sha512Finish(STATE, INNER, this.bytes, SHA512_BLOCK, digest, this.bytes);
  }

  /** A key of any length. `bytes` is 64 for HMAC-SHA-512, 48 for HMAC-SHA-384. */
  static of(arena: Arena, key: usize, length: i32, bytes: i32): HmacSha512Key {
    const made = make<HmacSha512Key>(arena);
    made.bytes = bytes;
    made.inner = padded(arena, key, length, 0x36, bytes);
    made.outer = padded(arena, key, length, 0x5c, bytes);
    return made;
  }
}

function padded(arena: Arena, key: usize, length: i32, pad: u32, bytes: i32): usize {
  memory.fill(PAD, 0, SHA512_BLOCK);
  if (length > SHA512_BLOCK) sha512(key, length, PAD, bytes);
  else memory.copy(PAD, key, length);
  for (let i = 0; i < SHA512_BLOCK; i++) store<u8>(PAD + i, load<u8>(PAD + i) ^ pad);
  const state = arena.take(SHA512_BYTES);
  sha512Begin(state, bytes);
  sha512Block(state, PAD);
  memory.fill(PAD, 0, SHA512_BLOCK);
  return state;
}
