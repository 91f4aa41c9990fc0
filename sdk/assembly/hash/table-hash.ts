const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/**
 * A 64-bit hash of `length` bytes at `at`, for tables in memory. It has no key: whoever chooses the entries of a table
 * can make it slow, whoever only looks things up cannot. Give each of the things that share a table its own `seed`.
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

/** The place of a hash among `slots`. */
export function slotOf(hash: u64, slots: u32): u32 {
  return <u32>(((hash >> 32) * <u64>slots) >> 32);
}

// @ts-ignore: decorator
@inline
function mix(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * MULTIPLIER;
  return product ^ (product >> 32);
}
