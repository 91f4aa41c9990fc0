// Numbers modulo L, the order of the base point of edwards25519, little-endian.
import { clearBytes } from '../bytes/copy';

/** 2^252 + 27742317777372353535851937790883648493, in words of 64 bits, the lowest first. */
const ORDER: usize = memory.data<u64>([0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000]);

/** Whether a number of 32 bytes is below L. */
export function isBelowOrder(number: usize): bool {
  for (let i: usize = 32; i; i -= 8) {
    const word = load<u64>(number + i - 8);
    const other = load<u64>(ORDER + i - 8);
    if (word != other) return word < other;
  }
  return false;
}

/**
 * Reduces the 64 bytes at `from` modulo L, to 32 bytes. Bit by bit from the highest: about a hundredth of the cost of a
 * verification.
 */
export function reduceToOrder(to: usize, from: usize): void {
  clearBytes(to, 32);
  for (let bit = 511; bit >= 0; bit--) {
    let low: u64 = (load<u8>(from + (bit >> 3)) >> (<u8>(bit & 7))) & 1;
    for (let i: usize = 0; i < 32; i += 8) {
      const word = load<u64>(to + i);
      store<u64>(to + i, (word << 1) | low);
      low = word >> 63;
    }
    if (!isBelowOrder(to)) subtractOrder(to);
  }
}

function subtractOrder(number: usize): void {
  let borrow: u64 = 0;
  for (let i: usize = 0; i < 32; i += 8) {
    const word = load<u64>(number + i);
    const other = load<u64>(ORDER + i);
    store<u64>(number + i, word - other - borrow);
    borrow = <u64>(word < other || (word == other && borrow != 0));
  }
}
