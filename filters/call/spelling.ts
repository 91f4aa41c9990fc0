import { Headers, Slice, requestHeaders } from 'proxy-wasm';

/**
 * Removes a request header in every spelling that an application may take for it: many read `_` as `-` (CGI, WSGI, PHP).
 * Returns whether there was one.
 */
export function removeEverySpelling(headers: Headers, name: Slice): bool {
  const other = removeOtherSpellings(headers, name);
  if (headers.find(name) < 0) return other;
  requestHeaders.remove(name);
  return true;
}

/** The same, but the header itself stays. */
export function removeOtherSpellings(headers: Headers, name: Slice): bool {
  let removed = false;
  for (let i = 0; i < headers.count; i++) {
    const given = headers.name(i);
    if (given.length != name.length || given.equals(name) || !spells(given, name)) continue;
    requestHeaders.remove(given);
    removed = true;
  }
  return removed;
}

/** Both have the same length. */
function spells(given: Slice, name: Slice): bool {
  for (let i = 0; i < name.length; i++) {
    if (dashed(given.byte(i)) != dashed(name.byte(i))) return false;
  }
  return true;
}

function dashed(byte: u32): u32 {
  return byte == 0x5f ? 0x2d : byte;
}
