/*
 * Constants are string literals in the source. AssemblyScript lays each one down once, in static memory, as UTF-16 with
 * its length in front; a `string` parameter is only the pointer to it. So a literal may be compared with bytes from the
 * wire, or copied into a buffer one byte for each unit, and nothing is allocated, as long as no string is *built*
 * (`+`, template literals, `substring`). All literals used this way are ASCII: one unit is one byte.
 */

// @ts-ignore: decorator
@inline
export function unit(text: string, index: i32): u32 {
  return load<u16>(changetype<usize>(text) + ((<usize>index) << 1));
}

export function startsWithText(at: usize, length: i32, text: string): bool {
  const size = text.length;
  if (size > length) return false;
  for (let i = 0; i < size; i++) {
    if (load<u8>(at + i) != unit(text, i)) return false;
  }
  return true;
}

export function isText(at: usize, length: i32, text: string): bool {
  return length == text.length && startsWithText(at, length, text);
}

/** Copies the literal as bytes and returns how many. */
export function copyText(to: usize, text: string): i32 {
  const size = text.length;
  for (let i = 0; i < size; i++) store<u8>(to + i, unit(text, i));
  return size;
}
