import { Arena, make } from '../memory/arena';
import { Slice, isDigit } from '../bytes/slice';
import { hexDigit } from '../bytes/hex';

/**
 * An IP address as two numbers, the most significant first. IPv4 uses `low` alone. An IPv4-mapped IPv6 address
 * (`::ffff:a.b.c.d`) is the IPv4 address, so that nobody gets around a list by writing it differently.
 */
@unmanaged
export class Address {
  high: u64;
  low: u64;
  v4: bool;

  /** The length of an address in bits: 32 or 128. */
  get bits(): u32 {
    return this.v4 ? 32 : 128;
  }
}

const GROUPS: usize = memory.data(16, 8);

/** Reads an address without a port; null if it is malformed. A zone id after `%` (RFC 4007 §11.2) is dropped. */
export function parseAddress(arena: Arena, text: Slice): Address | null {
  const zone = text.indexOf(0x25);
  if (zone >= 0 && !isZone(text, zone + 1)) return null;
  const bare = zone > 0 ? text.part(arena, 0, zone) : text;
  const address = make<Address>(arena);
  if (bare.indexOf(0x3a) < 0) {
    const value = zone > 0 ? -1 : parseV4(bare, 0);
    address.low = value;
    address.v4 = true;
    return value < 0 ? null : address;
  }
  if (!parseGroups(bare)) return null;
  address.high = join(0);
  address.low = join(8);
  if (address.high == 0 && address.low >> 32 == 0xffff) {
    address.low &= 0xffffffff;
    address.v4 = true;
  }
  return address;
}

/** One or more of the characters that a URI has without escaping (RFC 6874 §2). */
function isZone(text: Slice, from: i32): bool {
  for (let i = from; i < text.length; i++) {
    const byte = text.byte(i);
    const lower = byte | 0x20;
    if (lower >= 0x61 && lower <= 0x7a) continue;
    // Digits, `-`, `.`, `_` and `~`.
    if ((byte >= 0x30 && byte <= 0x39) || byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e) continue;
    return false;
  }
  return from < text.length;
}

/** Reads `1.2.3.4:567`, `[::1]:567`, or either without a port; null if it is malformed. */
export function parseEndpoint(arena: Arena, text: Slice): Address | null {
  if (text.byte(0) == 0x5b) {
    const closing = text.indexOf(0x5d);
    if (closing < 0 || !isPort(text, closing + 1)) return null;
    const inner = text.part(arena, 1, closing);
    return inner.indexOf(0x3a) < 0 ? null : parseAddress(arena, inner);
  }
  const colon = text.indexOf(0x3a);
  if (colon < 0 || colon != text.lastIndexOf(0x3a)) return parseAddress(arena, text);
  return isPort(text, colon) ? parseAddress(arena, text.part(arena, 0, colon)) : null;
}

/** Nothing, or a colon and one to five digits. */
function isPort(text: Slice, from: i32): bool {
  if (from == text.length) return true;
  const digits = text.length - from - 1;
  if (text.byte(from) != 0x3a || digits < 1 || digits > 5) return false;
  for (let i = from + 1; i < text.length; i++) if (!isDigit(text.byte(i))) return false;
  return true;
}

/** Four decimal parts without leading zeros (which some read as octal) from `from` on; -1 when it is something else. */
function parseV4(text: Slice, from: i32): i64 {
  let value: i64 = 0;
  let at = from;
  for (let part = 0; part < 4; part++) {
    if (part && text.byte(at++) != 0x2e) return -1;
    const start = at;
    let number: u32 = 0;
    while (isDigit(text.byte(at)) && at - start < 4) number = number * 10 + (text.byte(at++) - 0x30);
    if (at == start || number > 255 || (at - start > 1 && text.byte(start) == 0x30)) return -1;
    value = (value << 8) | number;
  }
  return at == text.length ? value : -1;
}

/** RFC 4291 section 2.2, into GROUPS: eight groups, `::` once for one or more of zero, the last two perhaps as IPv4. */
function parseGroups(text: Slice): bool {
  memory.fill(GROUPS, 0, 16);
  let groups = 0;
  let gap = -1;
  let at = 0;
  if (text.byte(0) == 0x3a) {
    if (text.byte(1) != 0x3a) return false;
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    if (groups == 8) return false;
    const start = at;
    let value: u32 = 0;
    while (at - start < 5 && hexDigit(text.byte(at)) >= 0) value = (value << 4) | hexDigit(text.byte(at++));
    if (text.byte(at) == 0x2e) {
      const v4 = groups <= 6 ? parseV4(text, start) : -1;
      if (v4 < 0) return false;
      store<u16>(GROUPS + (groups++ << 1), <u16>(v4 >> 16));
      store<u16>(GROUPS + (groups++ << 1), <u16>v4);
      at = text.length;
      break;
    }
    if (at == start || at - start > 4) return false;
    store<u16>(GROUPS + (groups++ << 1), <u16>value);
    if (at == text.length) break;
    if (text.byte(at++) != 0x3a || at == text.length) return false;
    if (text.byte(at) == 0x3a) {
      if (gap >= 0) return false;
      gap = groups;
      at++;
    }
  }
  if (gap < 0) return groups == 8;
  if (groups == 8) return false;
  const tail = groups - gap;
  memory.copy(GROUPS + ((8 - tail) << 1), GROUPS + (gap << 1), tail << 1);
  memory.fill(GROUPS + (gap << 1), 0, (8 - groups) << 1);
  return true;
}

function join(from: usize): u64 {
  let value: u64 = 0;
  for (let i: usize = 0; i < 8; i += 2) value = (value << 16) | load<u16>(GROUPS + from + i);
  return value;
}
