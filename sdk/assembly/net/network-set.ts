import { Arena, make } from '../memory/arena';
import { Address } from './address';
import { Network } from './network';

/**
 * Networks as ranges in order and without overlap, one table a family, so that looking up is a binary search.
 *
 *   ┌───────────┬──────────┬─────────┬────────┐
 *   │ from high │ from low │ to high │ to low │  32 bytes a range
 *   └───────────┴──────────┴─────────┴────────┘
 */
@unmanaged
export class NetworkSet {
  private v4: usize;
  private v6: usize;
  private v4Count: i32;
  private v6Count: i32;

  /** Adds a network. */
  add(network: Network): void {
    const at = network.v4 ? this.v4 + (this.v4Count++ << 5) : this.v6 + (this.v6Count++ << 5);
    memory.copy(at, changetype<usize>(network), 32);
  }

  /** Puts the ranges in order; to be called after the last `add`. */
  seal(): void {
    this.v4Count = merge(this.v4, this.v4Count);
    this.v6Count = merge(this.v6, this.v6Count);
  }

  /** Whether a network of the set holds the address. */
  has(address: Address): bool {
    const table = address.v4 ? this.v4 : this.v6;
    let low = 0;
    let high = address.v4 ? this.v4Count : this.v6Count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = table + (middle << 5);
      if (below(address.high, address.low, load<u64>(range, 0), load<u64>(range, 8))) high = middle;
      else if (below(load<u64>(range, 16), load<u64>(range, 24), address.high, address.low)) low = middle + 1;
      else return true;
    }
    return false;
  }

  /** An empty set for so many networks. */
  static withRoom(arena: Arena, networks: i32): NetworkSet {
    const set = make<NetworkSet>(arena);
    set.v4 = arena.take(networks << 5);
    set.v6 = arena.take(networks << 5);
    return set;
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
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(table, i, count);
  for (let end = count - 1; end > 0; end--) {
    swap(table, table + (end << 5));
    sink(table, 0, end);
  }
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
