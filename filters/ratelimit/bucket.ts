import { mulDiv, mulDivUp } from 'proxy-wasm';

/** How a limit counts. The numbers stand in no shared value: each way of counting has shared values of its own. */
export enum Algorithm {
  BUCKET,
  WINDOW,
  /** Calls in flight: `capacity` at once, whatever the time. */
  FLIGHT,
}

/** `requests` in `perNs`, and at most `capacity` (a token bucket: requests and burst) at once. */
@unmanaged
export class Rate {
  requests: u64;
  perNs: u64;
  capacity: u64;
  algorithm: Algorithm;
}

/**
 * A token bucket by what is missing from it, so that one which is whole says nothing and need not be kept.
 *
 * `deficit` counts whole tokens at the moment `t` (monotonic ns). Refilling moves `t` on by no less than the time that the
 * refilled tokens took, and leaves the rest of the time for the next: rounding loses less than a nanosecond a call and
 * never adds a token.
 */
@unmanaged
export class Bucket {
  t: u64;
  deficit: u64;

  /** Takes the time since `t` into account. A clock that stands still or went back refills nothing. */
  settle(rate: Rate, now: u64): void {
    if (!this.deficit) {
      this.t = max(this.t, now);
      return;
    }
    if (now <= this.t || !rate.requests) return;
    const elapsed = now - this.t;
    if (elapsed >= timeFor(rate, this.deficit)) {
      this.deficit = 0;
      this.t = now;
      return;
    }
    const refilled = mulDiv(elapsed, rate.requests, rate.perNs);
    if (!refilled) return;
    this.deficit -= refilled;
    this.t += timeFor(rate, refilled);
  }

  /** Until so many tokens are there, which `capacity` can hold. */
  waitNs(rate: Rate, amount: u64, now: u64): u64 {
    const needed = this.deficit + amount;
    return needed <= rate.capacity ? 0 : this.until(rate, needed - rate.capacity, now);
  }

  /** Until the budget is whole. */
  resetNs(rate: Rate, now: u64): u64 {
    return this.until(rate, this.deficit, now);
  }

  private until(rate: Rate, tokens: u64, now: u64): u64 {
    const needed = timeFor(rate, tokens);
    const passed = now > this.t ? now - this.t : 0;
    return needed > passed ? needed - passed : 0;
  }
}

/** The least time in which so many tokens are refilled. */
function timeFor(rate: Rate, tokens: u64): u64 {
  return mulDivUp(tokens, rate.perNs, rate.requests);
}

const SECOND_NS: u64 = 1000000000;

export function secondsUp(ns: u64): u64 {
  return ns / SECOND_NS + (ns % SECOND_NS ? 1 : 0);
}
