import { make, monotonicNs, request } from 'proxy-wasm';
import { ClaimBase, Outcome, Place } from './claim-base';
import { Copy, likelyCopy, readCopy } from './copies';
import { EntryClaim } from './entry-claim';
import { chainOf } from './key';
import { ATTEMPTS_MAX, readLedger } from './ledger';
import { OverflowClaim } from './overflow-claim';
import { Limit, RateLimitPolicy } from './policy';
import { reclaim } from './reclaim';
import { ShareClaim } from './share-claim';
import { keepAlive } from './vms';

/**
 * One call's claim on one limit: first looked at (`peek`), then, when all limits agree, spent. Where it is counted, what it
 * does is up to the class of that place.
 */
@unmanaged
export class Claim extends ClaimBase {
  next: Claim | null;

  peek(): Outcome {
    this.chainNumber = chainOf(this.fingerprint, this.limit.seed, this.limit.chains);
    if (this.inFlight && !keepAlive(this.now)) return this.decide(Outcome.FAILED);
    const copy = likelyCopy(this.limit, this.chainNumber, this.now);
    // What is spent is proved by writing it. Nobody is refused, and no key is new, by a copy's word alone.
    if (copy && this.findIn(copy) && this.judge() == Outcome.ADMITTED) return Outcome.ADMITTED;
    return this.look();
  }

  /** Spends; another worker may have been quicker, so it looks again until it is in or out. */
  spend(): Outcome {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt) this.look();
      if (this.outcome != Outcome.ADMITTED) return this.outcome;
      this.spent = this.spendOnce();
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
    if (!this.inFlight && monotonicNs() - this.now >= this.resetNs) return;
    this.giveBack();
  }

  /** The same for a call in flight, in whose place nothing comes by itself. */
  giveBack(): void {
    if (this.place == Place.OVERFLOW) return changetype<OverflowClaim>(this).giveBack();
    let copy = likelyCopy(this.limit, this.chainNumber, this.now);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (!copy || !copy.find(this.fingerprint)) copy = readCopy(this.limit, this.chainNumber, this.now);
      const entry = copy ? copy.find(this.fingerprint) : 0;
      if (!copy || !entry) return;
      if (this.place == Place.SHARE) changetype<ShareClaim>(this).takeFrom(copy, entry);
      else copy.take(entry, this.limit.rate, this.amount, this.t);
      if (copy.write(this.limit, this.now)) return;
      copy = null;
    }
  }

  private spendOnce(): bool {
    if (this.place == Place.ENTRY) return changetype<EntryClaim>(this).spend();
    if (this.place == Place.SHARE) return changetype<ShareClaim>(this).spend();
    return changetype<OverflowClaim>(this).spend();
  }

  private judge(): Outcome {
    if (this.place == Place.SHARE) return changetype<ShareClaim>(this).judge();
    return this.decide(this.budget.admits(this.limit.rate, this.amount) ? Outcome.ADMITTED : Outcome.REFUSED);
  }

  /** Whether there is a budget for the claim in a chain. */
  private findIn(chain: Copy): bool {
    chain.adopt(this.limit.rate, this.now);
    this.chain = chain;
    this.place = this.limit.shares ? Place.SHARE : Place.ENTRY;
    if (this.place == Place.ENTRY) return changetype<EntryClaim>(this).find();
    changetype<ShareClaim>(this).find();
    return true;
  }

  private look(): Outcome {
    const chain = readCopy(this.limit, this.chainNumber, this.now);
    if (!chain) return this.decide(Outcome.FAILED);
    if (this.findIn(chain)) return this.place == Place.SHARE ? this.judgeShare(chain) : this.judge();
    return this.findPlace() ? this.judge() : this.decide(Outcome.FAILED);
  }

  private judgeShare(chain: Copy): Outcome {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (this.judge() == Outcome.ADMITTED || changetype<ShareClaim>(this).writeRefusal()) return this.outcome;
      if (!chain.read(this.limit, this.now)) break;
      this.findIn(chain);
    }
    return this.decide(Outcome.FAILED);
  }

  /**
   * A newcomer gets a place, or its share of the overflow budget. It may have spent from that before there was a place, so it
   * begins with what is missing there. The chain was read before the ledger is: see `OverflowClaim.spend`.
   */
  private findPlace(): bool {
    const limit = this.limit;
    let ledger = readLedger(limit, this.now);
    if (!ledger) return false;
    const replaceable = this.chain.whole(limit.rate, this.now) != 0;
    if (!replaceable && ledger.count >= limit.keysMax) {
      ledger = reclaim(limit, ledger, this.chainNumber, this.now);
      if (!ledger) return false;
    }
    this.ledger = ledger;
    const full = !replaceable && ledger.count >= limit.keysMax;
    // A call in flight ends where it began: while any is under way in the overflow, newcomers follow it there.
    const follows = this.inFlight && ledger.overflow.marks != 0;
    this.place = full || follows ? Place.OVERFLOW : Place.ENTRY;
    this.budget = this.place == Place.OVERFLOW ? ledger.overflow : ledger.overflow.copy(request);
    return true;
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
