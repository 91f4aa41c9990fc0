/** The value of a hex digit in either case, or -1. */
export function hexDigit(byte: u32): i32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : -1;
}

/** Writes `length` bytes at `from` as lower-case hex: twice as many digits at `to`. */
export function toHex(from: usize, length: i32, to: usize): void {
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(from + i);
    store<u8>(to + (i << 1), hexLetter(byte >> 4));
    store<u8>(to + (i << 1) + 1, hexLetter(byte & 15));
  }
}

/** Reads `length` bytes from twice as many hex digits; false if one is not a hex digit. */
export function fromHex(from: usize, length: i32, to: usize): bool {
  let wrong: i32 = 0;
  for (let i = 0; i < length; i++) {
    const high = hexDigit(load<u8>(from + (i << 1)));
    const low = hexDigit(load<u8>(from + (i << 1) + 1));
    wrong |= high | low;
    store<u8>(to + i, (high << 4) | (low & 15));
  }
  return wrong >= 0;
}

function hexLetter(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
