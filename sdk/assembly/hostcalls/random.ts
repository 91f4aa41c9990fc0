import { random_get } from '../abi/wasi';
import { Slice, sliceOf } from '../bytes/slice';
import { Arena } from '../memory/arena';

/** What one call of `random_get` gives at most. */
const PIECE_BYTES_MAX: i32 = 65536;
const NUMBER: usize = memory.data(8, 8);

/** Random bytes of cryptographic quality; null when the host gives none. */
export function randomBytes(arena: Arena, length: i32): Slice | null {
  const at = arena.take(length);
  for (let done = 0; done < length; done += PIECE_BYTES_MAX) {
    if (!fillRandom(at + done, min(length - done, PIECE_BYTES_MAX))) return null;
  }
  return sliceOf(arena, at, length);
}

/** Fills memory with random bytes of cryptographic quality, 65536 at most; false when the host gives none. */
export function fillRandom(to: usize, length: i32): bool {
  return random_get(to, length) == 0;
}

/** A random number below `bound` (at least 1), for sampling and jitter: the bias is below bound / 2⁶⁴. 0 when the host gives none. */
export function randomBelow(bound: u64): u64 {
  store<u64>(NUMBER, 0);
  fillRandom(NUMBER, 8);
  return load<u64>(NUMBER) % max<u64>(bound, 1);
}
