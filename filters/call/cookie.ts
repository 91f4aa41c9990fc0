import { Arena, Headers, Slice, Writer, make, same } from 'proxy-wasm';

/** The `nth` cookie of this name in the cookie headers, as it stands there; null when there is none. */
export function cookieValue(arena: Arena, headers: Headers, name: Slice, nth: i32 = 0): Slice | null {
  const cookie = make<Cookie>(arena);
  for (let i = 0; i < headers.count; i++) {
    if (!headers.name(i).equals('cookie')) continue;
    cookie.begin(headers.value(i));
    while (cookie.next()) {
      if (cookie.isNamed(name) && nth-- == 0) return cookie.value(arena, name);
    }
  }
  return null;
}

/** A cookie header without the cookies of this name, the others as they stand. */
export function cookiesWithout(arena: Arena, line: Slice, name: Slice): Slice {
  const rest = Writer.in(arena, line.length + 2);
  const cookie = make<Cookie>(arena);
  cookie.begin(line);
  while (cookie.next()) {
    if (cookie.isNamed(name)) continue;
    if (rest.length) rest.text('; ');
    rest.bytes(line.at + cookie.from, cookie.end - cookie.from);
  }
  return rest.done();
}

/** Goes through the cookies of a header, which may be many: it takes no memory for any of them. */
@unmanaged
class Cookie {
  private line: Slice;
  /** Where it stands, without the blanks around it. */
  from: i32;
  end: i32;
  private rest: i32;

  begin(line: Slice): void {
    this.line = line;
    this.rest = 0;
  }

  /** On to the next that is not empty; false behind the last. */
  next(): bool {
    const line = this.line;
    let from = this.rest;
    while (from < line.length && isBetween(line.byte(from))) from++;
    if (from == line.length) return false;
    let end = line.indexOf(0x3b, from);
    if (end < 0) end = line.length;
    this.rest = end;
    while (isBetween(line.byte(end - 1))) end--;
    this.from = from;
    this.end = end;
    return true;
  }

  isNamed(name: Slice): bool {
    const equals = this.from + name.length;
    return equals < this.end && this.line.byte(equals) == 0x3d && same(this.line.at + this.from, name.at, name.length);
  }

  value(arena: Arena, name: Slice): Slice {
    return this.line.part(arena, this.from + name.length + 1, this.end);
  }
}

function isBetween(byte: u32): bool {
  return byte == 0x3b || byte == 0x20 || byte == 0x09;
}
