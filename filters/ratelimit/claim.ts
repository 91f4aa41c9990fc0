import { make, monotonicNs, request } from 'proxy-wasm';
import { Algorithm } from './bucket';
import { Budget } from './budget';
import { budgetOf } from './chain';
import { Copy, likelyCopy, readCopy } from './copies';
import { EMPTY_KEY, FINGERPRINT_BYTES, chainOf } from './key';
import { ATTEMPTS_MAX, Ledger, readLedger } from './ledger';
import { MARK_BYTES } from './marks';
import { Limit, RateLimitPolicy } from './policy';
import { reclaim } from './reclaim';
import { ROOM_BYTES, countAttempt, recordEntry, shareLeft, shareWaitNs, takeBack, windowEntry } from './shares';
import { keepAlive } from './vms';

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
  /** What the call costs. */
  amount: u64;
  now: u64;
  outcome: Outcome;
  /** The budget as peeked or as spent: in the chain, or, of a newcomer, in memory of this call. */
  budget: Budget;
  chainNumber: u32;
  private chain: Copy;
  /** In the chain; 0 for a newcomer. */
  private entry: usize;
  /** Where consumers share a budget: this one's weight and record, and what its share still has. */
  weight: u32;
  private record: usize;
  private shareLeft: u64;
  private ledger: Ledger | null;
  overflow: bool;
  spent: bool;
  /** The moment under which it was spent. */
  t: u64;

  peek(): Outcome {
    this.chainNumber = chainOf(this.fingerprint, this.limit.seed, this.limit.chains);
    if (this.inFlight && !keepAlive(this.now)) return this.decide(Outcome.FAILED);
    const copy = likelyCopy(this.limit, this.chainNumber, this.now);
    // What is spent is proved by writing it. Nobody is refused, and no key is new, by a copy's word alone.
    if (copy && this.findIn(copy) && this.judge() == Outcome.ADMITTED) return Outcome.ADMITTED;
    return this.look();
  }

  /** How many more calls would be admitted. */
  get left(): u64 {
    const left = this.budget.left(this.limit.rate);
    return this.limit.shares ? min(left, this.shareLeft) : left;
  }

  /** Until this call would be. */
  get waitNs(): u64 {
    const rate = this.limit.rate;
    const wait = this.budget.waitNs(rate, this.amount, this.now);
    return wait || !this.limit.shares ? wait : shareWaitNs(rate);
  }

  get resetNs(): u64 {
    return this.budget.resetNs(this.limit.rate, this.now);
  }

  /** Spends; another worker may have been quicker, so it looks again until it is in or out. */
  spend(): Outcome {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt) this.look();
      if (this.outcome != Outcome.ADMITTED) return this.outcome;
      this.spent = this.entry ? this.spendEntry() : this.overflow ? this.spendOverflow() : this.enter();
      if (this.spent) return this.outcome;
    }
    return this.decide(Outcome.FAILED);
  }

  /**
   * Takes back what was spent. Not if so much time went by that the budget may have been whole meanwhile: then it was given
   * back already.
   */
  refund(): void {
    if (!this.spent) return;
    this.spent = false;
    const rate = this.limit.rate;
    if (!this.inFlight && monotonicNs() - this.now >= this.budget.resetNs(rate, this.now)) return;
    this.giveBack();
  }

  /** The same for a call in flight, in whose place nothing comes by itself. */
  giveBack(): void {
    if (this.overflow) return this.leaveOverflow();
    let copy = likelyCopy(this.limit, this.chainNumber, this.now);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (!copy || !copy.find(this.fingerprint)) copy = readCopy(this.limit, this.chainNumber, this.now);
      const entry = copy ? copy.find(this.fingerprint) : 0;
      if (!copy || !entry) return;
      if (this.limit.shares) this.giveBackShare(copy, entry);
      else copy.take(entry, this.limit.rate, this.amount, this.t);
      if (copy.write(this.limit, this.now)) return;
      copy = null;
    }
  }

  private decide(outcome: Outcome): Outcome {
    this.outcome = outcome;
    return outcome;
  }

  private judge(): Outcome {
    const admits = this.budget.admits(this.limit.rate, this.amount);
    const inShare = !this.limit.shares || this.shareLeft >= this.amount;
    return this.decide(admits && inShare ? Outcome.ADMITTED : Outcome.REFUSED);
  }

  /** Whether the key has an entry there, whose budget then is this claim's. */
  private findIn(chain: Copy): bool {
    const rate = this.limit.rate;
    chain.adopt(rate, this.now);
    this.chain = chain;
    this.overflow = false;
    if (this.limit.shares) return this.findShare(chain);
    chain.need(MARK_BYTES);
    const entry = chain.find(this.fingerprint);
    this.entry = entry;
    if (!entry) return false;
    chain.settle(entry, rate, this.now);
    this.budget = budgetOf(entry);
    return true;
  }

  private look(): Outcome {
    const chain = readCopy(this.limit, this.chainNumber, this.now);
    if (!chain) return this.decide(Outcome.FAILED);
    if (this.findIn(chain)) return this.limit.shares ? this.judgeShare() : this.judge();
    return this.lookAround() ? this.judge() : this.decide(Outcome.FAILED);
  }

  /**
   * A newcomer gets a place, or its share of the overflow budget. It may have spent from that before there was a place, so it
   * begins with what is missing there. The chain was read before the ledger is: see `spendOverflow`.
   */
  private lookAround(): bool {
    const limit = this.limit;
    let ledger = readLedger(limit, this.now);
    if (!ledger) return false;
    const replaceable = this.chain.whole(limit.rate, this.now) != 0;
    if (!replaceable && ledger.count >= limit.keysMax) {
      ledger = reclaim(limit, ledger, this.chainNumber, this.now);
      if (!ledger) return false;
    }
    this.ledger = ledger;
    this.overflow = !replaceable && ledger.count >= limit.keysMax;
    // A call in flight ends where it began: while any is under way in the overflow, newcomers follow it there.
    if (this.inFlight && ledger.overflow.marks != 0) this.overflow = true;
    this.budget = this.overflow ? ledger.overflow : ledger.overflow.copy(request);
    return true;
  }

  private get inFlight(): bool {
    return this.limit.rate.algorithm == Algorithm.FLIGHT;
  }

  /** The window over all consumers is the entry; records that are made here say nothing before they are written. */
  private findShare(chain: Copy): bool {
    const rate = this.limit.rate;
    chain.need(ROOM_BYTES);
    this.entry = windowEntry(chain, rate, this.now);
    this.record = recordEntry(chain, this.fingerprint, rate, this.now);
    this.shareLeft = shareLeft(chain, this.record, this.weight, this.amount, rate, this.now);
    this.budget = budgetOf(this.entry);
    return true;
  }

  /** Who is refused has asked all the same: that is what moves the shares. */
  private judgeShare(): Outcome {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (this.judge() == Outcome.ADMITTED) return this.outcome;
      countAttempt(this.record, this.weight, this.amount, 0, this.limit.rate, this.now);
      if (this.chain.write(this.limit, this.now)) return this.outcome;
      if (!this.chain.read(this.limit, this.now)) break;
      this.findIn(this.chain);
    }
    return this.decide(Outcome.FAILED);
  }

  private giveBackShare(chain: Copy, record: usize): void {
    const rate = this.limit.rate;
    takeBack(record, this.amount, rate, this.now);
    chain.take(chain.find(EMPTY_KEY), rate, this.amount, this.t);
  }

  private spendEntry(): bool {
    if (this.limit.shares) countAttempt(this.record, this.weight, this.amount, this.amount, this.limit.rate, this.now);
    this.t = this.chain.spend(this.entry, this.limit.rate, this.amount, this.now);
    this.shareLeft -= this.amount;
    return this.chain.write(this.limit, this.now);
  }

  /** Takes the place of a key whose budget is whole, or one that nobody has yet: that is reserved before it is taken. */
  private enter(): bool {
    const limit = this.limit;
    const chain = this.chain;
    this.t = this.budget.add(limit.rate, this.amount, this.now);
    const replaced = chain.whole(limit.rate, this.now);
    const ledger = this.ledger!;
    ledger.addCount(1);
    if (!replaced && !ledger.write(limit)) return false;
    if (replaced) chain.remove(replaced);
    chain.need(FINGERPRINT_BYTES + this.budget.bytes);
    const entry = chain.insert(this.fingerprint, this.budget);
    if (chain.write(limit, this.now)) {
      this.budget = budgetOf(entry);
      return true;
    }
    if (!replaced) this.unreserve();
    return false;
  }

  private unreserve(): void {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const ledger = readLedger(this.limit, this.now);
      if (!ledger) return;
      ledger.addCount(-1);
      if (ledger.write(this.limit)) return;
    }
  }

  /**
   * Spends from the budget of all newcomers, if the key is still one: to be sure, the chain in which it had no entry is written
   * again as it is. Where another worker gave the key a place since it was read, the write fails, and the call goes there.
   * Where one is about to, it is that worker whose write fails, and who then sees what was spent here. So at no moment does
   * a key have two budgets.
   */
  private spendOverflow(): bool {
    this.t = this.budget.add(this.limit.rate, this.amount, this.now);
    if (!this.ledger!.write(this.limit)) return false;
    if (this.chain.write(this.limit, this.now)) return true;
    this.leaveOverflow();
    return false;
  }

  private leaveOverflow(): void {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const ledger = readLedger(this.limit, this.now);
      if (!ledger) return;
      ledger.overflow.take(this.limit.rate, this.amount, this.t);
      if (ledger.write(this.limit)) return;
    }
  }

  static of(policy: RateLimitPolicy | null, limit: Limit, fingerprint: usize, now: u64): Claim {
    const claim = make<Claim>(request);
    claim.policy = policy;
    claim.limit = limit;
    claim.fingerprint = fingerprint;
    claim.amount = 1;
    claim.now = now;
    return claim;
  }
}
