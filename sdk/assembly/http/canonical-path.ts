import { Arena } from '../memory/arena';
import { Slice, sliceOf } from '../bytes/slice';
import { hexDigit } from '../bytes/hex';

/** What a text is of a path. */
enum Part {
  WHOLE,
  PREFIX,
  SUFFIX,
}

/** A bit for each byte that may stand in a segment as it is: letters, digits and `-._~:@!$&'()*+,=`. */
const LITERAL_LOW: u64 = 0x27ff7fd200000000;
const LITERAL_HIGH: u64 = 0x47fffffe87ffffff;
/** What `putSegment` answers for a segment without a form; every length is more. */
const NOT_CANONICAL: i32 = -1;

/**
 * The form in which paths are compared. In this order: `;parameters` are removed from each segment; percent-escapes of
 * bytes that a segment may contain are decoded, and all other bytes are escaped in upper-case hex; double slashes are
 * merged; dot segments are resolved. Null if the application might read the path differently: an invalid `%`, `%00`,
 * `%2f`, `%5c`, a backslash, a segment that becomes `.` or `..` only when decoded or without its parameters, no slash
 * at the start, or a query, which is not part of a path.
 */
export function canonicalPath(arena: Arena, path: Slice): Slice | null {
  if (path.byte(0) != 0x2f) return null;
  return isPlain(path) ? path : rewritten(arena, path, Part.WHOLE);
}

/** The same for a prefix of canonical paths. Its last segment may go on, so it may consist of dots. */
export function canonicalPrefix(arena: Arena, prefix: Slice): Slice | null {
  return prefix.byte(0) == 0x2f ? rewritten(arena, prefix, Part.PREFIX) : null;
}

/**
 * The same for a suffix of canonical paths. Null for a dot segment, which no canonical path has, and for nothing but
 * parameters.
 */
export function canonicalSuffix(arena: Arena, suffix: Slice): Slice | null {
  const made = rewritten(arena, suffix, Part.SUFFIX);
  return made && made.length ? made : null;
}

/** The byte that the `%XX` at `index` stands for, or -1. */
export function percentDecoded(text: Slice, index: i32): i32 {
  const high = hexDigit(text.byte(index + 1));
  const low = hexDigit(text.byte(index + 2));
  return (high | low) < 0 ? -1 : (high << 4) | low;
}

/** Whether nothing in the path could have another form, as in nearly all of them. */
function isPlain(path: Slice): bool {
  let before: u32 = 0;
  for (let at = path.at, end = path.at + path.length; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte != 0x2f && !isLiteral(byte)) return false;
    if (before == 0x2f && (byte == 0x2f || byte == 0x2e)) return false;
    before = byte;
  }
  return true;
}

/** What is written ends in a slash wherever a segment begins, but for a suffix that begins within one. */
function rewritten(arena: Arena, path: Slice, part: Part): Slice | null {
  const to = arena.take(path.length + encodings(path) * 2);
  let length = 0;
  if (path.byte(0) == 0x2f) store<u8>(to + length++, 0x2f);
  for (let from = length, end = 0; end < path.length; from = end + 1) {
    const slash = path.indexOf(0x2f, min(from, path.length));
    end = slash < 0 ? path.length : slash;
    const next = putSegment(path, from, end, to, length);
    if (next == NOT_CANONICAL) return null;
    const dots = dotsOf(to + length, next - length);
    const cut = (part == Part.PREFIX && end == path.length) || (part == Part.SUFFIX && !from);
    if (dots && !cut) {
      if (part == Part.SUFFIX) return null;
      if (dots == 2) length = parentOf(to, length);
    } else if (next > length || !length) {
      length = next;
      if (slash >= 0) store<u8>(to + length++, 0x2f);
    }
  }
  return sliceOf(arena, to, length);
}

/** How many bytes of the path need an escape. */
function encodings(path: Slice): i32 {
  let count = 0;
  for (let i = 0; i < path.length; i++) {
    const byte = path.byte(i);
    if (!isLiteral(byte) && byte != 0x2f && byte != 0x25) count++;
  }
  return count;
}

/** Writes the form of one segment behind the `length` bytes at `to`; returns how many there are then, or NOT_CANONICAL. */
function putSegment(path: Slice, from: i32, end: i32, to: usize, length: i32): i32 {
  const start = length;
  let parameters = false;
  for (let i = from; i < end; i++) {
    let byte = path.byte(i);
    if (byte == 0x25) {
      const decoded = percentDecoded(path, i);
      if (decoded <= 0 || decoded == 0x2f || decoded == 0x5c) return NOT_CANONICAL;
      byte = decoded;
      i += 2;
    } else if (byte == 0x5c || byte == 0x3f || byte == 0) return NOT_CANONICAL;
    else if (byte == 0x3b) parameters = true;
    if (parameters) continue;
    if (isLiteral(byte)) store<u8>(to + length++, byte);
    else length = putEscape(to, length, byte);
  }
  return dotsOf(to + start, length - start) && length - start != end - from ? NOT_CANONICAL : length;
}

function putEscape(to: usize, length: i32, byte: u32): i32 {
  const at = to + length;
  store<u8>(at, 0x25);
  store<u8>(at, upperDigit(byte >> 4), 1);
  store<u8>(at, upperDigit(byte & 15), 2);
  return length + 3;
}

function upperDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}

/** 1 for `.`, 2 for `..`, else 0. */
function dotsOf(at: usize, length: i32): i32 {
  if (length == 1) return load<u8>(at) == 0x2e ? 1 : 0;
  return length == 2 && load<u16>(at) == 0x2e2e ? 2 : 0;
}

/** The length without the last segment; the root has none above it. */
function parentOf(to: usize, length: i32): i32 {
  if (length > 1) length--;
  while (load<u8>(to + length - 1) != 0x2f) length--;
  return length;
}

// @ts-ignore: decorator
@inline
function isLiteral(byte: u32): bool {
  return byte < 0x80 && (((byte < 0x40 ? LITERAL_LOW : LITERAL_HIGH) >> (byte & 0x3f)) & 1) != 0;
}
