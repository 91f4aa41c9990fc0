import { Arena } from 'proxy-wasm';
import { Algorithm, Bucket, Rate } from './bucket';
import { addToFlight, settleFlight, takeFromFlight } from './flight';
import { MARK_BYTES, Marks } from './marks';
import { addToWindow, settleWindow, takeFromWindow, windowResetNs, windowWaitNs } from './window';

/**
 * What a key has spent; without any mark it is whole and says nothing. So is a token bucket from which nothing is missing.
 *
 * A token bucket has one mark (bucket.ts), a sliding window one for each moment that it still remembers (window.ts), and
 * calls in flight one for each VM (flight.ts).
 */
@unmanaged
export class Budget extends Marks {
  /** Takes the time until `now` into account; it never becomes larger. */
  settle(rate: Rate, now: u64): void {
    if (rate.algorithm == Algorithm.WINDOW) return settleWindow(this, rate, now);
    if (rate.algorithm == Algorithm.FLIGHT) return settleFlight(this, now);
    if (this.marks) this.bucket.settle(rate, now);
  }

  isWhole(rate: Rate): bool {
    return !this.marks || (rate.algorithm == Algorithm.BUCKET && !this.bucket.deficit);
  }

  admits(rate: Rate, amount: u64): bool {
    return this.spent + amount <= rate.capacity;
  }

  left(rate: Rate): u64 {
    const spent = this.spent;
    return spent < rate.capacity ? rate.capacity - spent : 0;
  }

  /**
   * Until a call of this amount would be admitted. Where none ever is, and where only the end of another call could help,
   * it says one period.
   */
  waitNs(rate: Rate, amount: u64, now: u64): u64 {
    if (!rate.requests || amount > rate.capacity) return rate.perNs;
    if (this.admits(rate, amount)) return 0;
    if (rate.algorithm == Algorithm.FLIGHT) return rate.perNs;
    return rate.algorithm == Algorithm.WINDOW
      ? windowWaitNs(this, rate, amount, now)
      : this.bucket.waitNs(rate, amount, now);
  }

  /** Until it is whole. */
  resetNs(rate: Rate, now: u64): u64 {
    if (!rate.requests) return rate.perNs;
    if (this.isWhole(rate)) return 0;
    if (rate.algorithm == Algorithm.FLIGHT) return rate.perNs;
    return rate.algorithm == Algorithm.WINDOW ? windowResetNs(this, rate, now) : this.bucket.resetNs(rate, now);
  }

  /** Spends, in a budget that has room for one mark more; returns the moment that `take` wants to know. */
  add(rate: Rate, amount: u64, now: u64): u64 {
    if (rate.algorithm == Algorithm.WINDOW) return addToWindow(this, rate, amount, now);
    if (rate.algorithm == Algorithm.FLIGHT) return addToFlight(this, amount);
    if (!this.marks) this.append(now, 0);
    this.bucket.deficit += amount;
    return now;
  }

  /** Gives back what was spent at the moment `t`. */
  take(rate: Rate, amount: u64, t: u64): void {
    if (rate.algorithm == Algorithm.WINDOW) return takeFromWindow(this, amount, t);
    if (rate.algorithm == Algorithm.FLIGHT) return takeFromFlight(this, t);
    if (this.marks) this.bucket.deficit -= min(this.bucket.deficit, amount);
  }

  /** A copy with room for one mark more. */
  copy(arena: Arena): Budget {
    const at = arena.take(this.bytes + MARK_BYTES);
    memory.copy(at, changetype<usize>(this), this.bytes);
    return changetype<Budget>(at);
  }

  /** Where this is a token bucket that ever spent. */
  get bucket(): Bucket {
    return changetype<Bucket>(this.mark(0));
  }
}
