import { random_get } from '../abi/wasi';
import { Slice, sliceOf } from '../bytes/slice';
import { Arena } from '../memory/arena';

/** The most that one call of `random_get` gives. */
const PIECE_BYTES_MAX: i32 = 65536;
const NUMBER: usize = memory.data(8, 8);

/** Random bytes of cryptographic quality; null if the host gives none. */
export function randomBytes(arena: Arena, length: i32): Slice | null {
  const at = arena.take(length);
  for (let done = 0; done < length; done += PIECE_BYTES_MAX) {
    if (!fillRandom(at + done, min(length - done, PIECE_BYTES_MAX))) return null;
  }
  return sliceOf(arena, at, length);
}

/** Fills at most 65536 bytes with random ones of cryptographic quality; false if the host gives none. */
export function fillRandom(to: usize, length: i32): bool {
  return random_get(to, length) == 0;
}

/**
 * A random number below `bound` (at least 1), for sampling and jitter: its bias is below `bound` / 2⁶⁴. 0 if the host
 * gives none.
 */
export function randomBelow(bound: u64): u64 {
  store<u64>(NUMBER, 0);
  fillRandom(NUMBER, 8);
  return load<u64>(NUMBER) % max<u64>(bound, 1);
}
