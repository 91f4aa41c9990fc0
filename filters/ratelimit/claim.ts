import { Shared } from 'proxy-wasm/assembly/hostcalls/shared-data';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Bucket } from './bucket';
import { ENTRY_BYTES, adopt, bucketOf, find, prune } from './chain';
import { FINGERPRINT_BYTES, chainOf } from './key';
import { ATTEMPTS_MAX, Ledger, readChain, readLedger, writeChain } from './ledger';
import { Limit, RateLimitPolicy } from './policy';

/** Chains that one call looks through for places to free. More would make a full limit dear for every newcomer. */
const RECLAIM_CHAINS_MAX: u32 = 64;

export enum Outcome {
  ADMITTED,
  REFUSED,
  /** The shared state cannot be read or written: nobody can say, so the call is refused. */
  FAILED,
}

/** One call's claim on one limit: first looked at (`peek`), then, when all limits agree, spent. */
@unmanaged
export class Claim {
  next: Claim | null;
  policy: RateLimitPolicy;
  limit: Limit;
  enforced: bool;
  fingerprint: usize;
  now: u64;
  outcome: Outcome;
  /** The budget as peeked or as spent. */
  t: u64;
  deficit: u64;
  private chainNumber: u32;
  private chain: Shared | null;
  /** In the copy of the chain; 0 for a newcomer. */
  private entry: usize;
  private ledger: Ledger | null;
  private overflow: bool;
  private spent: bool;

  get bucket(): Bucket {
    return changetype<Bucket>(changetype<usize>(this) + offsetof<Claim>('t'));
  }

  peek(): Outcome {
    const limit = this.limit;
    this.chainNumber = chainOf(this.fingerprint, limit.seed, limit.chains);
    this.outcome = this.look() ? this.judge() : Outcome.FAILED;
    return this.outcome;
  }

  /** Spends one call; another worker may have been quicker, so it looks again until it is in or out. */
  spend(): Outcome {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt) this.peek();
      if (this.outcome != Outcome.ADMITTED) return this.outcome;
      const done = this.overflow ? this.spendOverflow() : this.spendEntry();
      if (!done) continue;
      this.spent = true;
      this.deficit++;
      return this.outcome;
    }
    this.outcome = Outcome.FAILED;
    return this.outcome;
  }

  /** Takes back what was spent. */
  refund(): void {
    if (!this.spent) return;
    this.spent = false;
    if (this.overflow) this.adjustOverflow(-1);
    else this.adjustEntry(-1);
  }

  private judge(): Outcome {
    return this.bucket.admits(this.limit.rate) ? Outcome.ADMITTED : Outcome.REFUSED;
  }

  private look(): bool {
    const limit = this.limit;
    this.overflow = false;
    if (!this.readEntry()) return false;
    if (this.entry) {
      this.copyBucket(bucketOf(this.entry));
      return true;
    }
    // A newcomer may have spent from the overflow budget before there was a place: it begins with what is missing there.
    let ledger = readLedger(limit, this.now);
    if (ledger && ledger.count >= limit.keysMax) {
      this.reclaim(ledger);
      ledger = readLedger(limit, this.now);
      if (!this.readEntry()) return false;
    }
    this.ledger = ledger;
    if (!ledger) return false;
    this.overflow = !this.entry && ledger.count >= limit.keysMax;
    this.copyBucket(this.entry ? bucketOf(this.entry) : ledger.overflow);
    return true;
  }

  private readEntry(): bool {
    const chain = readChain(this.limit, this.chainNumber);
    this.chain = chain;
    if (!chain) return false;
    adopt(chain.at, chain.length, this.limit.rate, this.now);
    this.entry = find(chain.at, chain.length, this.fingerprint);
    if (this.entry) bucketOf(this.entry).settle(this.limit.rate, this.now);
    return true;
  }

  private copyBucket(bucket: Bucket): void {
    this.t = bucket.t;
    this.deficit = bucket.deficit;
  }

  private spendEntry(): bool {
    const chain = this.chain!;
    const newcomer = !this.entry;
    const at = request.take(chain.length + ENTRY_BYTES);
    let length = chain.length;
    memory.copy(at, chain.at, length);
    let entry = this.entry ? at + (this.entry - chain.at) : 0;
    if (newcomer) {
      entry = at + length;
      memory.copy(entry, this.fingerprint, FINGERPRINT_BYTES);
      length += ENTRY_BYTES;
    }
    bucketOf(entry).t = this.t;
    bucketOf(entry).deficit = this.deficit + 1;
    const kept = prune(at, length, this.limit.rate, this.now);
    if (!writeChain(this.limit, this.chainNumber, at, kept, chain.cas)) return false;
    const change = (newcomer ? 1 : 0) - (length - kept) / ENTRY_BYTES;
    if (newcomer) this.enter(change);
    else if (change) addCount(this.limit, change, this.now);
    return true;
  }

  /**
   * Counts the newcomer, whose entry is written by now. If the overflow budget was spent from since this call looked at it,
   * that may have been the same key on another worker, so the entry takes it over: no key gets more by being two at once.
   * (Who spends from the overflow looks for an entry afterwards, so one of the two sees the other.)
   */
  private enter(change: i32): void {
    let ledger = this.ledger;
    let assumed = this.deficit;
    for (let attempt = 0; ledger && attempt < ATTEMPTS_MAX; attempt++) {
      const missing = ledger.overflow.deficit;
      if (missing > assumed) {
        this.adjustEntry(<i32>(missing - assumed));
        assumed = missing;
      }
      ledger.addCount(change);
      if (ledger.write(this.limit)) return;
      ledger = readLedger(this.limit, this.now);
    }
  }

  private spendOverflow(): bool {
    const ledger = this.ledger!;
    ledger.overflow.deficit++;
    if (!ledger.write(this.limit)) return false;
    if (!this.readEntry() || !this.entry) return true;
    this.adjustOverflow(-1);
    return false;
  }

  private adjustEntry(by: i32): void {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (!this.readEntry() || !this.entry) return;
      const bucket = bucketOf(this.entry);
      bucket.deficit = by < 0 && !bucket.deficit ? 0 : bucket.deficit + by;
      const chain = this.chain!;
      if (writeChain(this.limit, this.chainNumber, chain.at, chain.length, chain.cas)) return;
    }
  }

  private adjustOverflow(by: i32): void {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const ledger = readLedger(this.limit, this.now);
      if (!ledger) return;
      const bucket = ledger.overflow;
      bucket.deficit = by < 0 && !bucket.deficit ? 0 : bucket.deficit + by;
      if (ledger.write(this.limit)) return;
    }
  }

  /** Drops entries whose budget is whole: in this key's chain, then in the next ones round the table. */
  private reclaim(ledger: Ledger): void {
    const limit = this.limit;
    let freed = pruneChain(limit, this.chainNumber, this.now);
    let cursor = ledger.cursor;
    for (let i: u32 = 0; i < min(limit.chains, RECLAIM_CHAINS_MAX) && !freed; i++) {
      cursor = (cursor + 1) % limit.chains;
      freed = pruneChain(limit, cursor, this.now);
    }
    addCount(limit, -freed, this.now, cursor);
  }

  static of(policy: RateLimitPolicy, limit: Limit, fingerprint: usize, now: u64): Claim {
    const claim = make<Claim>(request);
    claim.policy = policy;
    claim.limit = limit;
    claim.fingerprint = fingerprint;
    claim.now = now;
    return claim;
  }
}

/** How many entries were dropped; 0 also when another worker changed the chain at this moment. */
function pruneChain(limit: Limit, number: u32, now: u64): i32 {
  const chain = readChain(limit, number);
  if (!chain) return 0;
  adopt(chain.at, chain.length, limit.rate, now);
  const kept = prune(chain.at, chain.length, limit.rate, now);
  if (kept == chain.length || !writeChain(limit, number, chain.at, kept, chain.cas)) return 0;
  return (chain.length - kept) / ENTRY_BYTES;
}

function addCount(limit: Limit, by: i32, now: u64, cursor: u32 = u32.MAX_VALUE): void {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const ledger = readLedger(limit, now);
    if (!ledger) return;
    ledger.addCount(by);
    if (cursor != u32.MAX_VALUE) ledger.cursor = cursor;
    if (ledger.write(limit)) return;
  }
}
