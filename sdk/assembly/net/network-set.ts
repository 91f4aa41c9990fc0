import { Arena, make } from '../memory/arena';
import { fromBase64Url } from '../bytes/base64url';
import { Slice } from '../bytes/slice';
import { Address } from './address';
import { Network } from './network';

/** Bytes of a packed record: the address and the length of the prefix. */
const V4_RECORD: i32 = 5;
const V6_RECORD: i32 = 17;

/** Fewer ranges are searched without a directory. */
const DIRECTORY_MIN: i32 = 64;

/**
 * A set of networks: sorted ranges without overlap, one table for each family, searched by bisection.
 *
 *        ┌──────────┬────────┐             ┌───────────┬──────────┬─────────┬────────┐
 *   IPv4 │ from     │ to     │ 8      IPv6 │ from high │ from low │ to high │ to low │ 32 bytes a range
 *        └──────────┴────────┘             └───────────┴──────────┴─────────┴────────┘
 *
 * For IPv4 a directory of the leading bits says between which ranges to search. It has as many entries as there are
 * ranges, so few are left to search.
 */
@unmanaged
export class NetworkSet {
  private v4: usize;
  private v6: usize;
  private v4Count: i32;
  private v6Count: i32;
  /** For each value of the leading bits the first range that does not end before it, and one entry more; 0 without one. */
  private directory: usize;
  /** What is left of an IPv4 address behind the leading bits. */
  private shift: u32;

  /** Whether the address is in one of the networks. */
  has(address: Address): bool {
    return address.v4 ? this.hasV4(<u32>address.low) : this.hasV6(address);
  }

  private hasV4(address: u32): bool {
    let low = 0;
    let high = this.v4Count;
    const directory = this.directory;
    if (directory) {
      const at = directory + (((<usize>address) >> this.shift) << 2);
      low = load<i32>(at);
      // The range at the next entry may begin here and end there.
      high = min(load<i32>(at, 4) + 1, high);
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = this.v4 + (middle << 3);
      if (address < load<u32>(range)) high = middle;
      else if (load<u32>(range, 4) < address) low = middle + 1;
      else return true;
    }
    return false;
  }

  private hasV6(address: Address): bool {
    let low = 0;
    let high = this.v6Count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = this.v6 + (middle << 5);
      if (below(address.high, address.low, load<u64>(range, 0), load<u64>(range, 8))) high = middle;
      else if (below(load<u64>(range, 16), load<u64>(range, 24), address.high, address.low)) low = middle + 1;
      else return true;
    }
    return false;
  }

  /** A set of networks, which may be in any order and overlap. */
  static of(arena: Arena, networks: NetworkList): NetworkSet {
    const set = make<NetworkSet>(arena);
    const v4Count = merge(networks.v4, networks.v4Count);
    set.v4 = arena.take(v4Count << 3);
    set.v4Count = v4Count;
    for (let i = 0; i < v4Count; i++) {
      store<u32>(set.v4 + (i << 3), <u32>load<u64>(networks.v4 + (i << 5), 8));
      store<u32>(set.v4 + (i << 3), <u32>load<u64>(networks.v4 + (i << 5), 24), 4);
    }
    set.v6Count = merge(networks.v6, networks.v6Count);
    set.v6 = arena.copy(networks.v6, set.v6Count << 5);
    set.direct(arena);
    return set;
  }

  /** A set without networks. */
  static empty(arena: Arena): NetworkSet {
    return make<NetworkSet>(arena);
  }

  /**
   * Reads the packed form of IPv4 networks: base64url of records without gaps, each of an address (4 bytes,
   * the most significant first) and the length of its prefix (1 byte), in ascending order, no network within another,
   * no bit set after a prefix. `scratch` holds the decoded text. False if it is anything else.
   */
  unpackV4(arena: Arena, scratch: Arena, text: Slice): bool {
    const bytes = fromBase64Url(scratch, text);
    return bytes != null && this.takeV4(arena, bytes);
  }

  /** The same for IPv6, where an address has 16 bytes. */
  unpackV6(arena: Arena, scratch: Arena, text: Slice): bool {
    const bytes = fromBase64Url(scratch, text);
    return bytes != null && this.takeV6(arena, bytes);
  }

  private takeV4(arena: Arena, bytes: Slice): bool {
    if (!bytes.length || bytes.length % V4_RECORD) return false;
    const count = bytes.length / V4_RECORD;
    this.v4Count = count;
    this.v4 = arena.take(count << 3);
    let next: u64 = 0;
    for (let i = 0; i < count; i++) {
      const record = bytes.at + i * V4_RECORD;
      const from = bswap(load<u32>(record));
      const prefix: u32 = load<u8>(record, 4);
      if (prefix > 32) return false;
      const free = <u32>(((<u64>1) << (32 - prefix)) - 1);
      if (from & free || <u64>from < next) return false;
      const to = from | free;
      store<u32>(this.v4 + (i << 3), from);
      store<u32>(this.v4 + (i << 3), to, 4);
      next = <u64>to + 1;
    }
    this.direct(arena);
    return true;
  }

  private takeV6(arena: Arena, bytes: Slice): bool {
    if (!bytes.length || bytes.length % V6_RECORD) return false;
    const count = bytes.length / V6_RECORD;
    this.v6Count = count;
    this.v6 = arena.take(count << 5);
    for (let i = 0; i < count; i++) {
      const record = bytes.at + i * V6_RECORD;
      const range = this.v6 + (i << 5);
      const prefix: u32 = load<u8>(record, 16);
      if (prefix > 128) return false;
      const high = bswap(load<u64>(record));
      const low = bswap(load<u64>(record, 8));
      const freeHigh = prefix >= 64 ? 0 : u64.MAX_VALUE >> prefix;
      const freeLow = prefix <= 64 ? u64.MAX_VALUE : prefix == 128 ? 0 : u64.MAX_VALUE >> (prefix - 64);
      if (high & freeHigh || low & freeLow) return false;
      if (i && !below(load<u64>(range - 16), load<u64>(range - 8), high, low)) return false;
      store<u64>(range, high, 0);
      store<u64>(range, low, 8);
      store<u64>(range, high | freeHigh, 16);
      store<u64>(range, low | freeLow, 24);
    }
    return true;
  }

  private direct(arena: Arena): void {
    const count = this.v4Count;
    if (count < DIRECTORY_MIN) return;
    const bits = min(32 - clz(count), 20);
    const entries = 1 << bits;
    this.shift = 32 - bits;
    this.directory = arena.take((entries + 1) << 2);
    let range = 0;
    for (let entry = 0; entry < entries; entry++) {
      const first = (<u32>entry) << this.shift;
      while (range < count && load<u32>(this.v4 + (range << 3), 4) < first) range++;
      store<i32>(this.directory + (entry << 2), range);
    }
    store<i32>(this.directory + (entries << 2), count);
  }
}

/** Networks to make a set of. */
@unmanaged
export class NetworkList {
  v4: usize;
  v6: usize;
  v4Count: i32;
  v6Count: i32;

  /** Adds a network. There must be room for it. */
  add(network: Network): void {
    const at = network.v4 ? this.v4 + (this.v4Count++ << 5) : this.v6 + (this.v6Count++ << 5);
    memory.copy(at, changetype<usize>(network), 32);
  }

  /** An empty list with room for so many networks. */
  static withRoom(arena: Arena, networks: i32): NetworkList {
    const list = make<NetworkList>(arena);
    list.v4 = arena.take(networks << 5);
    list.v6 = arena.take(networks << 5);
    return list;
  }
}

// @ts-ignore: decorator
@inline
function below(leftHigh: u64, leftLow: u64, rightHigh: u64, rightLow: u64): bool {
  return leftHigh < rightHigh || (leftHigh == rightHigh && leftLow < rightLow);
}

function startsBelow(left: usize, right: usize): bool {
  return below(load<u64>(left, 0), load<u64>(left, 8), load<u64>(right, 0), load<u64>(right, 8));
}

/** Sorts and joins what overlaps, in place; returns how many ranges are left. */
function merge(table: usize, count: i32): i32 {
  sort(table, count);
  let last = 0;
  for (let i = 1; i < count; i++) {
    const range = table + (i << 5);
    const kept = table + (last << 5);
    const keptHigh = load<u64>(kept, 16);
    const keptLow = load<u64>(kept, 24);
    if (below(keptHigh, keptLow, load<u64>(range, 0), load<u64>(range, 8))) {
      memory.copy(table + (++last << 5), range, 32);
    } else if (below(keptHigh, keptLow, load<u64>(range, 16), load<u64>(range, 24))) {
      store<u64>(kept, load<u64>(range, 16), 16);
      store<u64>(kept, load<u64>(range, 24), 24);
    }
  }
  return count ? last + 1 : 0;
}

/** Heap sort: in place, and no order of the input makes it slow. */
function sort(table: usize, count: i32): void {
  if (isSorted(table, count)) return;
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(table, i, count);
  for (let end = count - 1; end > 0; end--) {
    swap(table, table + (end << 5));
    sink(table, 0, end);
  }
}

/** As lists mostly are that a program wrote. */
function isSorted(table: usize, count: i32): bool {
  for (let i = 1; i < count; i++) {
    if (startsBelow(table + (i << 5), table + ((i - 1) << 5))) return false;
  }
  return true;
}

function sink(table: usize, from: i32, count: i32): void {
  let parent = from;
  for (;;) {
    let child = parent * 2 + 1;
    if (child >= count) return;
    if (child + 1 < count && startsBelow(table + (child << 5), table + ((child + 1) << 5))) child++;
    if (!startsBelow(table + (parent << 5), table + (child << 5))) return;
    swap(table + (parent << 5), table + (child << 5));
    parent = child;
  }
}

function swap(left: usize, right: usize): void {
  for (let i: usize = 0; i < 32; i += 8) {
    const kept = load<u64>(left + i);
    store<u64>(left + i, load<u64>(right + i));
    store<u64>(right + i, kept);
  }
}
