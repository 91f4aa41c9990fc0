import { Arena } from '../memory/arena';
import { Slice, sliceOf } from './slice';

/**
 * The bytes of an unpadded base64url text (RFC 4648 §5, RFC 7515 §2), or null. Strict: no padding, no blanks, no `+` and
 * `/`, and the bits that the last digit leaves over are zero, so that one value has one spelling.
 */
export function fromBase64Url(arena: Arena, text: Slice): Slice | null {
  const rest = text.length & 3;
  if (rest == 1) return null;
  const length = (text.length >> 2) * 3 + (rest ? rest - 1 : 0);
  const to = arena.take(length);
  let wrong = 0;
  let bits: u32 = 0;
  let at = to;
  for (let i = 0; i < text.length; i++) {
    const digit = base64UrlDigit(load<u8>(text.at + i));
    wrong |= digit;
    bits = (bits << 6) | (digit & 63);
    // A digit that begins a group of four completes no byte.
    if (i & 3) store<u8>(at++, bits >> (6 - ((i & 3) << 1)));
  }
  if (rest) wrong |= bits & (rest == 2 ? 15 : 3) ? -1 : 0;
  return wrong < 0 ? null : sliceOf(arena, to, length);
}

/** The value of a digit, or -1. */
function base64UrlDigit(byte: u32): i32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 0x61 + 26;
  if (byte - 0x30 < 10) return byte - 0x30 + 52;
  if (byte == 0x2d) return 62;
  return byte == 0x5f ? 63 : -1;
}
