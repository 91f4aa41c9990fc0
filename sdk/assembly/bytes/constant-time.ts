/** Compares without an early end, so that the time tells nothing about where two digests differ. */
export function sameInConstantTime(left: usize, right: usize, length: i32): bool {
  let difference: u32 = 0;
  for (let i = 0; i < length; i++) difference |= load<u8>(left + i) ^ load<u8>(right + i);
  return difference == 0;
}
