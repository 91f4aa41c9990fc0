import { Headers } from 'proxy-wasm/assembly/http/headers';
import { Arena } from 'proxy-wasm/assembly/memory/arena';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';

/** The `nth` cookie of this name in the cookie headers, as it stands there; null when there is none. */
export function cookieValue(arena: Arena, headers: Headers, name: Slice, nth: i32 = 0): Slice | null {
  for (let i = 0; i < headers.count; i++) {
    if (!headers.name(i).is('cookie')) continue;
    const line = headers.value(i);
    for (let from = 0; from < line.length;) {
      let end = line.indexOf(0x3b, from);
      if (end < 0) end = line.length;
      const pair = line.part(arena, from, end).trimmed(arena);
      if (isNamed(pair, name) && nth-- == 0) return pair.part(arena, name.length + 1, pair.length);
      from = end + 1;
    }
  }
  return null;
}

/** A cookie header without the cookies of this name, the others as they stand. */
export function cookiesWithout(arena: Arena, line: Slice, name: Slice): Slice {
  const rest = Writer.in(arena, line.length + 2);
  for (let from = 0; from < line.length;) {
    let end = line.indexOf(0x3b, from);
    if (end < 0) end = line.length;
    const pair = line.part(arena, from, end).trimmed(arena);
    if (!isNamed(pair, name)) {
      if (rest.length) rest.text('; ');
      rest.slice(pair);
    }
    from = end + 1;
  }
  return rest.done();
}

function isNamed(pair: Slice, name: Slice): bool {
  return pair.hasPrefix(name) && pair.byte(name.length) == 0x3d;
}
