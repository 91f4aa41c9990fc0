import { Arena, Slice, make, sameInConstantTime } from 'proxy-wasm';

const WAYS: u32 = 4;
/** So many sets of slots, as a power of 2: 512 credentials, enough for the callers of one instance, 2 MiB in the worst case. */
const SETS_BITS: u32 = 7;
/** A longer credential, or one that says more, is proved anew each time. Two slots fill a block of an arena. */
export const SLOT_BYTES: usize = 4080;

/**
 * One credential and what it was found to say.
 *
 *   0      24      40
 *   ┌──────┬───────┬────────────┬─────────────────┬───────────┐
 *   │ Slot │ Arena │ credential │ what it says    │ free      │   SLOT_BYTES
 *   └──────┴───────┴────────────┴─────────────────┴───────────┘
 */
const ARENA_AT: usize = 24;
const CREDENTIAL_AT: usize = 40;


@unmanaged
export class Slot {
  private tag: u64;
  used: u32;
  /** Of the credential; -1 while the slot says nothing. */
  private length: i32;
  /** What was kept with the credential: an object in `arena`. */
  value: usize;

  get arena(): Arena {
    return changetype<Arena>(changetype<usize>(this) + ARENA_AT);
  }

  holds(tag: u64, credential: Slice): bool {
    return this.tag == tag && this.length == credential.length && this.isCredential(credential);
  }

  empty(): void {
    this.length = -1;
  }

  /** Makes room for another credential's value; false when the credential alone is too long. */
  begin(tag: u64, credential: Slice): bool {
    const at = changetype<usize>(this);
    this.length = -1;
    this.arena.reset(at + CREDENTIAL_AT, at + SLOT_BYTES);
    this.arena.copy(credential.at, credential.length);
    if (this.arena.heapBytes) return this.end(0, credential);
    this.tag = tag;
    return true;
  }

  /** The value is complete. One that does not fit into the slot is given up: memory stays what it is. */
  end(value: usize, credential: Slice): bool {
    const fits = this.arena.heapBytes == 0;
    if (!fits) this.arena.reset(0, 0);
    this.length = fits ? credential.length : -1;
    this.value = value;
    return fits;
  }

  private isCredential(credential: Slice): bool {
    return sameInConstantTime(changetype<usize>(this) + CREDENTIAL_AT, credential.at, credential.length);
  }
}

/**
 * Credentials, each with what it was found to say: the next time it is found by all of its bytes. Where only what was proved
 * comes in, nobody who cannot make credentials can push others out. It lives and ends with a configuration.
 */
@unmanaged
export class CredentialCache {
  private slots: usize;
  private owner: Arena;
  private uses: u32;
  private setsBits: u32;

  /** `owner` gives the memory, as slots are first needed: that of the configuration. */
  static in(owner: Arena, setsBits: u32 = SETS_BITS): CredentialCache {
    const cache = make<CredentialCache>(owner);
    cache.owner = owner;
    cache.setsBits = setsBits;
    cache.slots = owner.zeroed((WAYS << setsBits) << 2);
    return cache;
  }

  /** What was kept with the credential; 0 when it is not here. */
  find(credential: Slice): usize {
    const tag = tagOf(credential);
    const set = this.setOf(tag);
    for (let way: u32 = 0; way < WAYS; way++) {
      const slot = load<usize>(set + (way << 2));
      if (!slot) return 0;
      if (!changetype<Slot>(slot).holds(tag, credential)) continue;
      changetype<Slot>(slot).used = ++this.uses;
      return changetype<Slot>(slot).value;
    }
    return 0;
  }

  /** A slot for a credential, whose arena awaits what it says: then call `end`. Null where it is too long. */
  begin(credential: Slice): Slot | null {
    // Before it takes another's place.
    if (<usize>credential.length > SLOT_BYTES - CREDENTIAL_AT) return null;
    const tag = tagOf(credential);
    const slot = this.slotFor(tag, credential);
    slot.used = ++this.uses;
    return slot.begin(tag, credential) ? slot : null;
  }

  /** Forgets all. */
  clear(): void {
    for (let i: u32 = 0; i < WAYS << this.setsBits; i++) {
      const slot = load<usize>(this.slots + (i << 2));
      if (slot) changetype<Slot>(slot).empty();
    }
  }

  /** Its own if it is here, else a new one, else the one of its set that was not used for longest. */
  private slotFor(tag: u64, credential: Slice): Slot {
    const set = this.setOf(tag);
    let oldest = changetype<Slot>(load<usize>(set));
    for (let way: u32 = 0; way < WAYS; way++) {
      const at = load<usize>(set + (way << 2));
      if (!at) {
        const made = this.owner.zeroed(SLOT_BYTES);
        store<usize>(set + (way << 2), made);
        return changetype<Slot>(made);
      }
      const slot = changetype<Slot>(at);
      if (slot.holds(tag, credential)) return slot;
      if (slot.used < oldest.used) oldest = slot;
    }
    return oldest;
  }

  private setOf(tag: u64): usize {
    return this.slots + ((<usize>(tag >> (64 - this.setsBits)) * WAYS) << 2);
  }
}

/** Where to look, from the end of the credential, which is its proof: cheap, and as good as random. It decides nothing. */
function tagOf(credential: Slice): u64 {
  let tail: u64 = credential.length;
  if (credential.length >= 8) tail ^= load<u64>(credential.at + credential.length - 8);
  // 2^64 divided by the golden ratio: the high bits depend on all.
  return tail * 0x9e3779b97f4a7c15;
}
