import { Arena, List, Slice, discard, free, heapArena, make } from 'proxy-wasm';
import { Key } from './key';
import { KeySetAddress } from './key-set-address';

const SECOND_NS: u64 = 1000000000;
/** As long as the last good set stays in force while none can be fetched. Its keys might be revoked meanwhile. */
const STALE_NS: u64 = 24 * 3600 * SECOND_NS;
/** An unknown key may be a new one. Strangers cannot have the issuer asked more often. */
const EARLY_NS: u64 = 10 * SECOND_NS;
/** A set that no configuration names any more. Longer than any tick may be late. */
const UNUSED_NS: u64 = 600 * SECOND_NS;
/** More addresses than a node has issuers. */
const SETS_MAX: i32 = 64;

/**
 * A key set as it was last fetched: one for each address in a VM, whichever plugins name it. It outlives configurations, so
 * a change of rules does not leave a provider without keys. Configurations find it by its address and never point to it.
 */
@unmanaged
export class FetchedSet {
  cluster: Slice;
  authority: Slice;
  path: Slice;
  refreshNs: u64;
  timeoutMs: u32;
  /** Null before the first answer, and when the last is too old. */
  keys: List<Key> | null;
  /** The answer that they stand in. */
  text: Slice | null;
  fetchedNs: u64;
  sentNs: u64;
  dueNs: u64;
  /** How often in a row it could not be had. */
  failures: u32;
  /** A call is on its way, made by this plugin. */
  pending: bool;
  call: u32;
  root: u32;
  pendingUntilNs: u64;
  private usedNs: u64;
  private own: usize;
  private keysArena: usize;
  next: FetchedSet | null;

  /** Puts other keys in force; nothing that the ones before proved is believed any longer. */
  replace(keys: List<Key>, text: Slice, arena: Arena): void {
    this.dropKeys();
    this.keys = keys;
    this.text = text;
    this.keysArena = changetype<usize>(arena);
  }

  /** Says that a configuration in force names it. */
  use(address: KeySetAddress, now: u64): void {
    // Of several that name it in one tick, the shortest wait counts.
    const first = this.usedNs != now;
    this.usedNs = now;
    this.refreshNs = first ? address.refreshNs : min(this.refreshNs, address.refreshNs);
    this.timeoutMs = first ? address.timeoutMs : min(this.timeoutMs, address.timeoutMs);
  }

  isUnused(now: u64): bool {
    return now > this.usedNs + UNUSED_NS;
  }

  dropIfStale(now: u64): void {
    if (this.keys && now > this.fetchedNs + STALE_NS) this.dropKeys();
  }

  /** An unknown key was named: the set is fetched soon, if it was not just now. */
  hasten(): void {
    this.dueNs = min(this.dueNs, this.sentNs + EARLY_NS);
  }

  free(): void {
    this.dropKeys();
    discard(changetype<Arena>(this.own));
  }

  private dropKeys(): void {
    if (this.keysArena) discard(changetype<Arena>(this.keysArena));
    this.keysArena = 0;
    this.keys = null;
    this.text = null;
    keySetChanges++;
  }

  static of(address: KeySetAddress): FetchedSet {
    const arena = heapArena();
    const set = make<FetchedSet>(arena);
    set.own = changetype<usize>(arena);
    set.cluster = address.cluster.copiedTo(arena);
    set.authority = address.authority.copiedTo(arena);
    set.path = address.path.copiedTo(arena);
    return set;
  }

  equals(address: KeySetAddress): bool {
    return (
      this.path.equals(address.path) && this.authority.equals(address.authority) && this.cluster.equals(address.cluster)
    );
  }
}

/** Grows with each change of any set: what was proved before is proved anew. */
export let keySetChanges: u32 = 0;

let sets: FetchedSet | null = null;
let setsCount: i32 = 0;

export function firstSet(): FetchedSet | null {
  return sets;
}

/** Null before the first tick of the plugin that names it. */
export function setAt(address: KeySetAddress): FetchedSet | null {
  for (let set = sets; set; set = set!.next) {
    if (set.equals(address)) return set;
  }
  return null;
}

/** Keeps the set of an address from being forgotten; a new one is due at once. */
export function useSet(address: KeySetAddress, now: u64): void {
  let set = setAt(address);
  if (!set) {
    if (setsCount == SETS_MAX) return;
    set = FetchedSet.of(address);
    set.next = sets;
    sets = set;
    setsCount++;
  }
  set.use(address, now);
}

export function dropUnusedSets(now: u64): void {
  let before: FetchedSet | null = null;
  for (let set = sets; set;) {
    const next = set.next;
    if (set.isUnused(now)) {
      if (before) before.next = next;
      else sets = next;
      setsCount--;
      set.free();
    } else before = set;
    set = next;
  }
}
