import { Arena } from '../memory/arena';
import { Slice, sliceOf } from './slice';

/**
 * Decodes unpadded base64url (RFC 4648 §5); null if it is malformed. Strict, so that a value has only one spelling: no
 * padding, no blanks, no `+` and `/`, and the bits left over in the last digit must be zero.
 */
export function fromBase64Url(arena: Arena, text: Slice): Slice | null {
  const rest = text.length & 3;
  if (rest == 1) return null;
  const length = (text.length >> 2) * 3 + (rest ? rest - 1 : 0);
  const to = arena.take(length);
  if (!load<u8>(DIGITS)) for (let byte = 0; byte < 256; byte++) store<u8>(DIGITS + byte, base64UrlDigit(byte));
  let wrong: u32 = 0;
  let at = to;
  let from = text.at;
  for (const end = from + (text.length & ~3); from < end; from += 4) {
    const first = digit(load<u8>(from));
    const second = digit(load<u8>(from, 1));
    const third = digit(load<u8>(from, 2));
    const fourth = digit(load<u8>(from, 3));
    wrong |= first | second | third | fourth;
    store<u8>(at, (first << 2) | (second >> 4));
    store<u8>(at, (second << 4) | (third >> 2), 1);
    store<u8>(at, (third << 6) | fourth, 2);
    at += 3;
  }
  if (rest) {
    const first = digit(load<u8>(from));
    const second = digit(load<u8>(from, 1));
    const third = rest == 3 ? digit(load<u8>(from, 2)) : 0;
    wrong |= first | second | third;
    // What the last digit leaves over must be zero.
    if (rest == 3 ? third & 3 : second & 15) wrong = NO_DIGIT;
    store<u8>(at, (first << 2) | (second >> 4));
    if (rest == 3) store<u8>(at, (second << 4) | (third >> 2), 1);
  }
  return wrong & NO_DIGIT ? null : sliceOf(arena, to, length);
}

/** The value of each byte as a digit, or NO_DIGIT; filled at the first use, when the entry of NUL is still 0. */
const DIGITS: usize = memory.data(256);
const NO_DIGIT: u32 = 0x80;

// @ts-ignore: decorator
@inline
function digit(byte: u32): u32 {
  return load<u8>(DIGITS + byte);
}

function base64UrlDigit(byte: u32): u32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 0x61 + 26;
  if (byte - 0x30 < 10) return byte - 0x30 + 52;
  if (byte == 0x2d) return 62;
  return byte == 0x5f ? 63 : NO_DIGIT;
}
