/**
 * Whether `length` bytes are the same, in a time that does not depend on where they differ: for digests and
 * credentials.
 */
export function sameInConstantTime(left: usize, right: usize, length: i32): bool {
  let difference: u64 = 0;
  let i = 0;
  for (; i + 8 <= length; i += 8) difference |= load<u64>(left + i) ^ load<u64>(right + i);
  for (; i < length; i++) difference |= <u64>(load<u8>(left + i) ^ load<u8>(right + i));
  return difference == 0;
}
