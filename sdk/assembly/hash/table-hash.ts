const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/**
 * A hash for tables in memory, 64 bits, of `length` bytes at `at`: eight bytes a step. It is not keyed, so whoever chooses
 * what a table holds can make it slow; who only asks it cannot. `seed` tells apart what shares a table.
 */
// @ts-ignore: decorator
@inline
export function tableHash(seed: u32, at: usize, length: i32): u64 {
  let hash = (((<u64>seed) << 32) | (<u64>length)) * MULTIPLIER;
  let left = length;
  for (; left >= 8; left -= 8, at += 8) hash = mix(hash, load<u64>(at));
  if (left >= 4) hash = mix(hash, load<u32>(at) | ((<u64>load<u32>(at + left - 4)) << 32));
  else if (left) {
    const ends = load<u8>(at) | ((<u64>load<u8>(at + left - 1)) << 8);
    hash = mix(hash, ends | ((<u64>load<u8>(at + (left >> 1))) << 16));
  }
  return mix(hash, 0) * MULTIPLIER;
}

/** Where among `slots` an entry of this hash belongs. */
export function slotOf(hash: u64, slots: u32): u32 {
  return <u32>(((hash >> 32) * <u64>slots) >> 32);
}

// @ts-ignore: decorator
@inline
function mix(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * MULTIPLIER;
  return product ^ (product >> 32);
}
