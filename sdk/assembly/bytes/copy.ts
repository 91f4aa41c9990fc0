/** From here on the host's own copying is the faster one. */
const LONG: usize = 128;

/**
 * Copies `length` bytes, which must not overlap. Faster than `memory.copy` for short ones such as names, values and
 * digests: in V8 that leaves the module.
 */
export function copyBytes(to: usize, from: usize, length: usize): void {
  if (length >= LONG) return memory.copy(to, from, length);
  for (; length >= 8; length -= 8) {
    store<u64>(to, load<u64>(from));
    to += 8;
    from += 8;
  }
  while (length--) store<u8>(to++, load<u8>(from++));
}

/** Fills `length` bytes, a multiple of 8, with zeros. */
export function clearBytes(at: usize, length: usize): void {
  for (const end = at + length; at < end; at += 8) store<u64>(at, 0);
}
