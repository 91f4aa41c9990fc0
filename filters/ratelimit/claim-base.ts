import { Budget } from './budget';
import { Algorithm } from './bucket';
import { Copy } from './copies';
import { Ledger } from './ledger';
import { Limit, RateLimitPolicy } from './policy';
import { shareWaitNs } from './shares';

export enum Outcome {
  ADMITTED,
  REFUSED,
  /** The shared state cannot be read or written: nobody can say, so the call is refused. */
  FAILED,
}

/** Where a claim is counted: each has a class of its own, which sees the same fields. */
export enum Place {
  /** The key's own budget. */
  ENTRY,
  /** The one budget of all keys for which there is no other. */
  OVERFLOW,
  /** The budget that consumers share. */
  SHARE,
}

/** What is known of one call's claim on one limit. */
@unmanaged
export class ClaimBase {
  /** Null where a place is given back that an earlier callback's claim took. */
  policy: RateLimitPolicy | null;
  limit: Limit;
  enforced: bool;
  fingerprint: usize;
  /** What the call costs. */
  amount: u64;
  now: u64;
  outcome: Outcome;
  place: Place;
  /** As looked at or as spent: in the chain, or, of a newcomer, in memory of this call. */
  budget: Budget;
  chainNumber: u32;
  chain: Copy;
  /** In the chain; 0 for a newcomer. */
  entry: usize;
  /** Where consumers share a budget: this one's weight and record, and what its share still has. */
  weight: u32;
  record: usize;
  shareLeft: u64;
  /** Read for a newcomer. */
  ledger: Ledger | null;
  spent: bool;
  /** The moment under which it was spent. */
  t: u64;

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

  get inFlight(): bool {
    return this.limit.rate.algorithm == Algorithm.FLIGHT;
  }

  decide(outcome: Outcome): Outcome {
    this.outcome = outcome;
    return outcome;
  }
}
