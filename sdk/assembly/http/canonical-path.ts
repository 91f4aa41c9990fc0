import { Arena } from '../memory/arena';
import { Slice, isDigit, isLetter, sliceOf } from '../bytes/slice';
import { hexDigit } from '../bytes/hex';

/**
 * The form in which paths are compared: `;parameters` off each segment, unreserved bytes percent-decoded, duplicate
 * slashes merged, dot segments resolved, in this order. Null when the path has no such form, since what stands behind
 * this proxy might read it as another path: an invalid `%`, `%00`, `%2f`, `%5c`, a backslash, or no slash in front.
 */
export function canonicalPath(arena: Arena, path: Slice): Slice | null {
  if (path.byte(0) != 0x2f) return null;
  return isPlain(path) ? path : rewritten(arena, path);
}

/** Whether nothing in the path could have another form, as in nearly all of them. */
function isPlain(path: Slice): bool {
  let before: u32 = 0;
  for (let at = path.at, end = path.at + path.length; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == 0x25 || byte == 0x3b || byte == 0x5c || byte == 0) return false;
    if (before == 0x2f && (byte == 0x2f || byte == 0x2e)) return false;
    before = byte;
  }
  return true;
}

function rewritten(arena: Arena, path: Slice): Slice | null {
  const to = arena.take(path.length);
  let length = 0;
  let parameters = false;
  for (let i = 0; i < path.length; i++) {
    let byte = path.byte(i);
    if (byte == 0x5c || byte == 0) return null;
    let encoded = false;
    if (byte == 0x25) {
      const decoded = percentDecoded(path, i);
      if (decoded <= 0 || decoded == 0x2f || decoded == 0x5c) return null;
      encoded = !isUnreserved(decoded);
      if (!encoded) {
        byte = decoded;
        i += 2;
      }
    } else if (byte == 0x2f) {
      parameters = false;
      length = closeSegment(to, length);
      continue;
    } else if (byte == 0x3b) parameters = true;
    if (parameters) {
      if (encoded) i += 2;
      continue;
    }
    store<u8>(to + length++, byte);
    if (encoded) {
      store<u8>(to + length++, path.byte(++i));
      store<u8>(to + length++, path.byte(++i));
    }
  }
  return sliceOf(arena, to, closeLast(to, length));
}

/** The byte that `%XX` at `index` stands for, or -1. */
export function percentDecoded(text: Slice, index: i32): i32 {
  const high = hexDigit(text.byte(index + 1));
  const low = hexDigit(text.byte(index + 2));
  return (high | low) < 0 ? -1 : (high << 4) | low;
}

/** A slash ends the segment before it: `.` and nothing leave no trace, `..` takes the one before along. */
function closeSegment(to: usize, length: i32): i32 {
  const kept = closeLast(to, length);
  if (kept && load<u8>(to + kept - 1) == 0x2f) return kept;
  store<u8>(to + kept, 0x2f);
  return kept + 1;
}

/** The length without a trailing dot segment; what is left then ends in the slash before it. */
function closeLast(to: usize, length: i32): i32 {
  let start = length;
  while (start && load<u8>(to + start - 1) != 0x2f) start--;
  const size = length - start;
  if (size == 1 && load<u8>(to + start) == 0x2e) return start;
  if (size != 2 || load<u16>(to + start) != 0x2e2e) return length;
  if (start > 1) {
    start--;
    while (start && load<u8>(to + start - 1) != 0x2f) start--;
  }
  return start;
}

function isUnreserved(byte: u32): bool {
  return isLetter(byte) || isDigit(byte) || byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e;
}
