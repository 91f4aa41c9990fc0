import { clearBytes, copyBytes } from '../bytes/copy';

/** The last blocks of a message while they are hashed: at most two, of 128 bytes at most. */
export const TAIL: usize = memory.data(256, 16);

/**
 * Writes the last blocks of a message to `TAIL`: the `rest` bytes at `at`, a 1 bit, zeros, and at the end `bits`, the length of
 * the message in the digest's byte order. A block is `block` bytes, of which the length takes an eighth. Returns how many
 * bytes it wrote.
 */
export function padTail(at: usize, rest: i32, block: i32, bits: u64): i32 {
  const bytes = rest < block - (block >> 3) ? block : block << 1;
  clearBytes(TAIL, bytes);
  copyBytes(TAIL, at, rest);
  store<u8>(TAIL + rest, 0x80);
  store<u64>(TAIL + bytes - 8, bits);
  return bytes;
}
