import { Arena, Slice, Writer, fillRandom, request, sha256, share, shared } from 'proxy-wasm';
import { Algorithm } from './bucket';
import { Budget } from './budget';
import { HEAD_BYTES, convert, otherRate, writeHead } from './chain';
import { learnNumbering } from '../shared-copy/numbering';
import { Limit } from './policy';

/**
 * What the workers keep together about a limit besides its chains:
 *
 *   ┌──────────┬──────────┬───────┬────────┬────────┬──────┬─────────────────┐
 *   │ per ns   │ requests │ count │ cursor │ chains │ seed │ overflow budget │
 *   │ 8        │ 8        │ 4     │ 4      │ 4      │ 4    │ 8 or more       │
 *   └──────────┴──────────┴───────┴────────┴────────┴──────┴─────────────────┘
 *
 * `count` is how many places are taken: by the keys that have an entry, and by those that are about to, `cursor` the chain that is looked through next for entries to drop, `overflow`
 * the one budget of all keys that found no place.
 */
const LEDGER_BYTES_MIN: i32 = 40;
const COUNT: usize = 16;
const CURSOR: usize = 20;
const CHAINS: usize = 24;
const SEED: usize = 28;
const OVERFLOW: i32 = 32;

/** The ledger's number among the shared values of a limit; the chains are 0, 1, 2… */
const NUMBER: u32 = 0xffffffff;

/** Entries a chain should hold. More make reading a chain dear, fewer make many chains. A window's are the larger ones. */
const ENTRIES: u32 = 16;
const WINDOW_ENTRIES: u32 = 4;
const CHAINS_MAX: u32 = 65536;
const NAME_BYTES: i32 = 16;

/** Limits that this VM has opened so far: each has a number of its own. */
let limits: u32 = 0;

/** Compare-and-swap is tried so often before a caller is refused: some worker gets on at each try. */
export const ATTEMPTS_MAX: i32 = 1000;


@unmanaged
export class Ledger {
  /** The copy that was read. */
  at: usize;
  cas: u32;
  /** A copy, settled, with room for one mark more. */
  overflow: Budget;

  get count(): u32 {
    return load<u32>(this.at, COUNT);
  }

  get cursor(): u32 {
    return load<u32>(this.at, CURSOR);
  }

  /** Adds to the count, which never falls below 0. */
  addCount(by: i32): void {
    store<u32>(this.at, <u32>max(<i32>this.count + by, 0), COUNT);
  }

  set cursor(chain: u32) {
    store<u32>(this.at, chain, CURSOR);
  }

  write(limit: Limit): bool {
    const length = OVERFLOW + this.overflow.bytes;
    const value = request.take(length);
    memory.copy(value, this.at, OVERFLOW);
    memory.copy(value + OVERFLOW, changetype<usize>(this.overflow), this.overflow.bytes);
    return share(sharedKey(limit, NUMBER), limit.shared.length, value, length, this.cas);
  }
}

/** The ledger as it is, its overflow budget settled; null when the host does not give it. */
export function readLedger(limit: Limit, now: u64): Ledger | null {
  const value = shared(sharedKey(limit, NUMBER), limit.shared.length);
  if (!value || value.length < LEDGER_BYTES_MIN) return null;
  const old = otherRate(value.at, limit.rate);
  const ledger = changetype<Ledger>(request.take(offsetof<Ledger>()));
  ledger.at = value.at;
  ledger.cas = value.cas;
  ledger.overflow = changetype<Budget>(value.at + OVERFLOW).copy(request);
  if (old) convert(ledger.overflow, old, now);
  writeHead(value.at, limit.rate);
  ledger.overflow.settle(limit.rate, now);
  return ledger;
}

/**
 * Makes the shared values of a limit if they are not there. Writing a value that is missing is not guarded by
 * compare-and-swap, so this happens while a configuration is taken in: Envoy does that once alone, before any worker.
 * Chains once made stay as many as they are, whatever `keysMax` becomes: moving entries would lose what is spent meanwhile.
 */
export function createLedger(limit: Limit): void {
  learnNumbering();
  limit.id = ++limits;
  const key = sharedKey(limit, NUMBER);
  const known = shared(key, limit.shared.length);
  if (known && known.length >= LEDGER_BYTES_MIN) {
    limit.chains = load<u32>(known.at, CHAINS);
    limit.seed = load<u32>(known.at, SEED);
    return;
  }
  const entries = limit.rate.algorithm == Algorithm.WINDOW && limit.rate.requests > ENTRIES ? WINDOW_ENTRIES : ENTRIES;
  const made = request.zeroed(LEDGER_BYTES_MIN);
  limit.chains = min((limit.keysMax + entries - 1) / entries, CHAINS_MAX);
  fillRandom(made + SEED, 4);
  limit.seed = load<u32>(made, SEED);
  writeHead(made, limit.rate);
  for (let chain: u32 = 0; chain < limit.chains; chain++) {
    share(sharedKey(limit, chain), limit.shared.length, made, HEAD_BYTES, 0);
  }
  store<u32>(made, limit.chains, CHAINS);
  share(sharedKey(limit, NUMBER), limit.shared.length, made, LEDGER_BYTES_MIN, 0);
}

/**
 * The name under which the values of a limit are shared: the digest of its full name, and four bytes for the number of a
 * value. Envoy copies a name at each call; up to 22 bytes cost it no allocation.
 */
export function sharedName(arena: Arena, full: Slice): Slice {
  const digest = request.take(32);
  sha256(full.at, full.length, digest);
  return Writer.in(arena, NAME_BYTES + 4)
    .bytes(digest, NAME_BYTES)
    .u32(0)
    .done();
}

/** The name of a shared value of a limit; good until the next is asked for. */
export function sharedKey(limit: Limit, number: u32): usize {
  const key = limit.shared;
  store<u32>(key.at + key.length - 4, number);
  return key.at;
}
