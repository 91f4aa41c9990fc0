import { Address, Arena, Slice, Writer, isDigit, isLetter, lower, parseAddress } from 'proxy-wasm';

/** `[`, eight groups of four digits with seven colons between them, `]`. */
const ADDRESS_BYTES_MAX: i32 = 41;

/**
 * The host of an authority, `host[:digits]`, as hosts are compared: in lower case, without port and without the dot that ends
 * a full name, an IPv6 address with all of its groups. Null where it is none: user information, a port that is no number, a
 * label of nothing, a byte that no name has.
 */
export function hostName(arena: Arena, authority: Slice): Slice | null {
  const end = endOfHost(authority);
  if (authority.byte(0) == 0x5b) return addressName(arena, authority, end);
  const length = end && authority.byte(end - 1) == 0x2e ? end - 1 : end;
  return isName(authority, length) ? authority.part(arena, 0, length).lowerCase(arena) : null;
}

/** Whether it is what `hostName` makes of it. */
export function isHostName(arena: Arena, text: Slice): bool {
  if (text.byte(0) == 0x5b) {
    const made = hostName(arena, text);
    return made != null && made.equals(text);
  }
  for (let i = 0; i < text.length; i++) if (text.byte(i) != lower(text.byte(i))) return false;
  return isName(text, text.length);
}

/** What rules may say: a name, or `*.` and a name for all below it. */
export function hostPattern(arena: Arena, written: Slice): Slice | null {
  if (!written.startsWith('*.')) return hostName(arena, written);
  if (written.byte(2) == 0x5b) return null;
  const name = hostName(arena, written.part(arena, 2, written.length));
  return name
    ? Writer.in(arena, name.length + 2)
        .text('*.')
        .text(name)
        .done()
    : null;
}

/** Where the port begins, with its colon. */
function endOfHost(authority: Slice): i32 {
  let at = authority.length;
  while (at && isDigit(authority.byte(at - 1))) at--;
  return at && at < authority.length && authority.byte(at - 1) == 0x3a ? at - 1 : authority.length;
}

/** Whether the first `length` bytes are labels with a dot between each two. */
function isName(text: Slice, length: i32): bool {
  let label = false;
  for (let i = 0; i < length; i++) {
    const byte = text.byte(i);
    const dot = byte == 0x2e;
    if (dot ? !label : !(isLetter(byte) || isDigit(byte) || byte == 0x2d || byte == 0x5f)) return false;
    label = !dot;
  }
  return label;
}

function addressName(arena: Arena, authority: Slice, end: i32): Slice | null {
  if (authority.byte(end - 1) != 0x5d) return null;
  const inner = authority.part(arena, 1, end - 1);
  // Without the zone that `parseAddress` leaves out: it has a meaning on one machine only.
  if (inner.indexOf(0x3a) < 0 || inner.indexOf(0x25) >= 0) return null;
  const address = parseAddress(arena, inner);
  return address ? groupsOf(arena, address) : null;
}

function groupsOf(arena: Arena, address: Address): Slice {
  const low = address.v4 ? address.low | 0xffff00000000 : address.low;
  const name = Writer.in(arena, ADDRESS_BYTES_MAX);
  for (let i = 0; i < 8; i++) {
    name.byte(i ? 0x3a : 0x5b);
    const group = (<u32>((i < 4 ? address.high : low) >> (48 - ((i & 3) << 4)))) & 0xffff;
    for (let shift = (31 - <i32>clz(group | 1)) & ~3; shift >= 0; shift -= 4) {
      const digit = (group >> shift) & 15;
      name.byte(digit < 10 ? 0x30 + digit : 0x57 + digit);
    }
  }
  return name.byte(0x5d).done();
}
