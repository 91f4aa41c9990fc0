import { Arena, make } from '../memory/arena';
import { Slice, isDigit } from '../bytes/slice';
import { Address, parseAddress } from './address';

/** A range of addresses of one family, including both ends. */
@unmanaged
export class Network {
  fromHigh: u64;
  fromLow: u64;
  toHigh: u64;
  toLow: u64;
  v4: bool;
}

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32`, or a single address; null if it is malformed. Bits after the prefix are ignored.
 * An IPv4-mapped address with a prefix of 96 or more is an IPv4 network.
 */
export function parseNetwork(arena: Arena, text: Slice): Network | null {
  const slash = text.lastIndexOf(0x2f);
  const bare = slash < 0 ? text : text.part(arena, 0, slash);
  if (bare.indexOf(0x25) >= 0) return null;
  const address = parseAddress(arena, bare);
  if (!address) return null;
  const mapped = address.v4 && bare.indexOf(0x3a) >= 0;
  let prefix = slash < 0 ? <i32>address.bits : parsePrefix(text, slash + 1);
  if (slash >= 0 && mapped) {
    // ::ffff:0:0/64 would hold IPv4 and IPv6 addresses at once: nobody means that.
    if (prefix < 96) return null;
    prefix -= 96;
  }
  return prefix < 0 || prefix > <i32>address.bits ? null : range(arena, address, prefix);
}

function range(arena: Arena, address: Address, prefix: i32): Network {
  const network = make<Network>(arena);
  // Ones where an address of this network may differ. A shift by 64 would be one by 0.
  let high: u64 = 0;
  let low: u64 = 0;
  const free = <u64>(address.bits - prefix);
  if (free >= 64) {
    low = u64.MAX_VALUE;
    high = free == 128 ? u64.MAX_VALUE : ((<u64>1) << (free - 64)) - 1;
  } else low = ((<u64>1) << free) - 1;
  network.v4 = address.v4;
  network.fromHigh = address.high & ~high;
  network.fromLow = address.low & ~low;
  network.toHigh = address.high | high;
  network.toLow = address.low | low;
  return network;
}

function parsePrefix(text: Slice, from: i32): i32 {
  const digits = text.length - from;
  if (digits < 1 || digits > 3 || (digits > 1 && text.byte(from) == 0x30)) return -1;
  let value = 0;
  for (let i = from; i < text.length; i++) {
    if (!isDigit(text.byte(i))) return -1;
    value = value * 10 + (text.byte(i) - 0x30);
  }
  return value;
}
