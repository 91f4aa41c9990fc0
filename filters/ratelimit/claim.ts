import { Shared } from 'proxy-wasm/assembly/hostcalls/shared-data';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Algorithm } from './bucket';
import { Budget, Mark } from './budget';
import { adopt, budgetOf, copyChain, copyEntry, entries, find, prune } from './chain';
import { FINGERPRINT_BYTES, chainOf } from './key';
import { ATTEMPTS_MAX, Ledger, readChain, readLedger, writeChain } from './ledger';
import { Limit, RateLimitPolicy } from './policy';
import { keepAlive } from './vms';

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
  /** Null where a place is given back that an earlier callback's claim took. */
  policy: RateLimitPolicy | null;
  limit: Limit;
  enforced: bool;
  fingerprint: usize;
  now: u64;
  outcome: Outcome;
  /** The budget as peeked or as spent, in memory of this call. */
  budget: Budget;
  chainNumber: u32;
  private chain: Shared | null;
  /** In the copy of the chain; 0 for a newcomer. */
  private entry: usize;
  private ledger: Ledger | null;
  overflow: bool;
  spent: bool;
  /** The moment under which it was spent. */
  t: u64;
  /** By how many keys the last write of the chain made it longer. */
  private change: i32;

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
      this.t = this.budget.add(this.limit.rate, 1, this.now);
      if (!(this.overflow ? this.spendOverflow() : this.spendEntry())) continue;
      this.spent = this.outcome == Outcome.ADMITTED;
      return this.outcome;
    }
    this.outcome = Outcome.FAILED;
    return this.outcome;
  }

  /** Takes back what was spent. */
  refund(): void {
    if (!this.spent) return;
    this.spent = false;
    if (this.overflow) this.adjustOverflow();
    else this.adjustEntry(0);
  }

  private judge(): Outcome {
    return this.budget.admits(this.limit.rate) ? Outcome.ADMITTED : Outcome.REFUSED;
  }

  private look(): bool {
    const limit = this.limit;
    this.budget = changetype<Budget>(request.zeroed(offsetof<Budget>() + offsetof<Mark>()));
    this.overflow = false;
    if (this.inFlight && !keepAlive(this.now)) return false;
    if (!this.readEntry()) return false;
    if (this.entry) return true;
    // A newcomer may have spent from the overflow budget before there was a place: it begins with what is missing there.
    let ledger = readLedger(limit, this.now);
    if (ledger && ledger.count >= limit.keysMax) {
      this.reclaim(ledger);
      ledger = readLedger(limit, this.now);
      if (!this.readEntry()) return false;
    }
    this.ledger = ledger;
    if (!ledger) return false;
    if (this.entry) return true;
    // A call ends where it began: while any is under way in the overflow, newcomers follow it there.
    this.overflow = ledger.count >= limit.keysMax || (this.inFlight && ledger.overflow.marks != 0);
    if (this.overflow) this.budget = ledger.overflow;
    else if (!this.inFlight) this.budget = ledger.overflow.copy(request);
    return true;
  }

  /** Reads the chain, and, where the key has an entry, its budget. */
  private readEntry(): bool {
    const chain = readChain(this.limit, this.chainNumber);
    this.chain = chain;
    if (!chain) return false;
    adopt(chain.at, chain.length, this.limit.rate, this.now);
    this.entry = find(chain.at, chain.length, this.fingerprint);
    if (!this.entry) return true;
    this.budget = budgetOf(this.entry).copy(request);
    this.budget.settle(this.limit.rate, this.now);
    return true;
  }

  private get inFlight(): bool {
    return this.limit.rate.algorithm == Algorithm.FLIGHT;
  }

  /**
   * Writes the chain with the key's budget as it is now, and without those that are whole. (Calls in flight come and go all
   * the time: their keys stay until a newcomer needs the place.)
   */
  private writeEntry(): bool {
    const chain = this.chain!;
    const at = request.take(chain.length + FINGERPRINT_BYTES + this.budget.bytes);
    const before = entries(chain.at, chain.length);
    const all = this.inFlight;
    let length = copyChain(at, chain.at, chain.length, this.entry, all, this.limit.rate, this.now);
    if (this.budget.marks || all) length = <i32>(copyEntry(at + length, this.fingerprint, this.budget) - at);
    this.change = entries(at, length) - before;
    return writeChain(this.limit, this.chainNumber, at, length, chain.cas);
  }

  private spendEntry(): bool {
    if (!this.writeEntry()) return false;
    if (!this.entry) this.enter(this.change);
    else if (this.change) addCount(this.limit, this.change, this.now);
    return true;
  }

  /**
   * Counts the newcomer, whose entry is written by now. If the overflow budget was spent from since this call looked at it,
   * that may have been the same key on another worker, so the entry takes it over: no key gets more by being two at once.
   * (Who spends from the overflow looks for an entry afterwards, so one of the two sees the other.)
   */
  private enter(change: i32): void {
    let ledger = this.ledger;
    let assumed = ledger ? ledger.overflow.spent : 0;
    for (let attempt = 0; ledger && attempt < ATTEMPTS_MAX; attempt++) {
      const missing = ledger.overflow.spent;
      if (missing > assumed) {
        // A call in flight cannot be moved: who came second is refused, and asks again when the first is known.
        if (this.inFlight) this.outcome = Outcome.REFUSED;
        this.adjustEntry(this.inFlight ? 0 : missing - assumed);
        assumed = this.inFlight ? u64.MAX_VALUE : missing;
      }
      ledger.addCount(change);
      if (ledger.write(this.limit)) return;
      ledger = readLedger(this.limit, this.now);
    }
  }

  private spendOverflow(): bool {
    // The budget is the ledger's own.
    if (!this.ledger!.write(this.limit)) return false;
    const budget = this.budget;
    const found = this.readEntry() && this.entry != 0;
    this.budget = budget;
    if (found) this.adjustOverflow();
    return !found;
  }

  /** Spends more of the key's entry, or with 0 gives back what this call spent. */
  private adjustEntry(more: u64): void {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (!this.readEntry() || !this.entry) return;
      if (more) this.budget.add(this.limit.rate, more, this.now);
      else this.budget.take(this.limit.rate, this.t);
      if (!this.writeEntry()) continue;
      if (this.change) addCount(this.limit, this.change, this.now);
      return;
    }
  }

  /** Gives back to the overflow budget what this call spent of it. */
  private adjustOverflow(): void {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const ledger = readLedger(this.limit, this.now);
      if (!ledger) return;
      ledger.overflow.take(this.limit.rate, this.t);
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

  static of(policy: RateLimitPolicy | null, limit: Limit, fingerprint: usize, now: u64): Claim {
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
  const before = entries(chain.at, chain.length);
  const kept = prune(chain.at, chain.length, limit.rate, now);
  if (kept == chain.length || !writeChain(limit, number, chain.at, kept, chain.cas)) return 0;
  return before - entries(chain.at, kept);
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
