import { percentDecoded } from 'proxy-wasm/assembly/http/canonical-path';
import { Arena } from 'proxy-wasm/assembly/memory/arena';
import { Slice, sliceOf } from 'proxy-wasm/assembly/bytes/slice';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';

/** The decoded value of the `nth` parameter of this name; empty where it stands without `=`, null where there is none. */
export function queryValue(arena: Arena, query: Slice | null, name: Slice, nth: i32): Slice | null {
  if (!query) return null;
  for (let from = 0; from <= query.length;) {
    let end = query.indexOf(0x26, from);
    if (end < 0) end = query.length;
    let equals = query.indexOf(0x3d, from);
    if (equals < 0 || equals > end) equals = end;
    if (formDecoded(arena, query, from, equals).equals(name) && nth-- == 0) {
      return formDecoded(arena, query, min(equals + 1, end), end);
    }
    from = end + 1;
  }
  return null;
}

/** As forms are encoded: `+` is a space; a `%` that begins no escape stands for itself. */
function formDecoded(arena: Arena, text: Slice, from: i32, end: i32): Slice {
  const to = arena.take(end - from);
  let length = 0;
  for (let i = from; i < end; i++) {
    let byte = text.byte(i);
    if (byte == 0x2b) byte = 0x20;
    else if (byte == 0x25 && i + 2 < end && percentDecoded(text, i) >= 0) {
      byte = percentDecoded(text, i);
      i += 2;
    }
    store<u8>(to + length++, byte);
  }
  return sliceOf(arena, to, length);
}

/** The query without the parameters of this name, the others as they stand. */
export function queryWithout(arena: Arena, query: Slice, name: Slice): Slice {
  const rest = Writer.in(arena, query.length + 1);
  for (let from = 0; from <= query.length;) {
    let end = query.indexOf(0x26, from);
    if (end < 0) end = query.length;
    let equals = query.indexOf(0x3d, from);
    if (equals < 0 || equals > end) equals = end;
    if (!formDecoded(arena, query, from, equals).equals(name)) {
      if (rest.length) rest.byte(0x26);
      rest.bytes(query.at + from, end - from);
    }
    from = end + 1;
  }
  return rest.done();
}
