import { Counts, PARTS, WINDOW_BYTES, countCall, slide, sum } from './window';

/** When it opens, for how long, and what closes it. A trip that is off is 0 (consecutive) or OFF (shares). */
@unmanaged
export class Trip {
  consecutive: u32;
  /** In hundredths of a percent. */
  failureShare: i32;
  slowShare: i32;
  slowNs: u64;
  requestsMin: u32;
  windowNs: u64;
  forNs: u64;
  forMaxNs: u64;
  probes: u32;

  get windowed(): bool {
    return this.failureShare != OFF || this.slowShare != OFF;
  }

  /** Of one sub-window. */
  get spanNs(): u64 {
    return this.windowed ? max<u64>(this.windowNs / PARTS, 1) : 0;
  }

  /**
   * How long a probe that is complete holds its place. One whose end nobody hears of (its VM was replaced) gives it
   * back by this; a slower answer than `slowAfter` would be a failure anyway.
   */
  get leaseNs(): u64 {
    return max(max(this.forNs, this.slowNs), LEASE_NS_MIN);
  }

  /** Until when a probe that is let through now holds its place. */
  leaseFrom(now: u64, complete: bool): u64 {
    return complete ? (now + this.leaseNs) & ~UNFINISHED : (now + UNFINISHED_NS - 1) | UNFINISHED;
  }
}

export const OFF: i32 = -1;
/** An upstream that needs a second to answer is no reason to send more probes than were asked for. */
const LEASE_NS_MIN: u64 = 1000000000;
/**
 * So long an unfinished request may hold a probe's place, and so long its failure is put down to the upstream: afterwards its
 * caller may be why. Longer than a body needs that is sent at once, and shorter than servers wait for one.
 */
export const UNFINISHED_NS: u64 = 500000000;
/** The bit of a lease whose request is not complete; a nanosecond less is nothing. */
const UNFINISHED: u64 = 1;

export namespace Phase {
  export const CLOSED: u32 = 0;
  export const OPEN: u32 = 1;
  export const HALF_OPEN: u32 = 2;
}

/** What became of a call that asked to go on; numbers from 0 are the place of a probe. */
export const ADMITTED: i32 = -1;
export const REFUSED: i32 = -2;

/** What an outcome changed. */
export enum Change {
  /** Nothing: it need not be written. */
  NONE,
  COUNTED,
  OPENED_CONSECUTIVE,
  OPENED_FAILURES,
  OPENED_SLOW,
  OPENED_PROBE,
  CLOSED,
}

/**
 * The circuit of one breaker, as it lies in shared data. Everything that decides is in this one value, so that one
 * compare-and-swap is enough for workers to agree.
 *
 *   ┌───────┬────────────┬───────┬────────┬─────────┬────────┬─────────────┬───────────┬────────┬──────┬──────────┬────────┐
 *   │ phase │ generation │ until │ openNs │ span ns │ newest │ consecutive │ succeeded │ probes │ size │ leases   │ window │
 *   │ 4     │ 4          │ 8     │ 8      │ 8       │ 8      │ 4           │ 4         │ 4      │ 4    │ 8×probes │ 0, 360 │
 *   └───────┴────────────┴───────┴────────┴─────────┴────────┴─────────────┴───────────┴────────┴──────┴──────────┴────────┘
 *
 * `generation` grows with each change of phase: outcomes of calls that were let through before it say nothing any more.
 * A lease is the moment until which a probe holds its place, 0 for a free one, and in its last bit whether its request is
 * complete: one that is not gives way to one that is, so that no caller keeps a place by keeping back its body.
 */
@unmanaged
export class Circuit {
  phase: u32;
  generation: u32;
  /** Where it is open: until then. */
  until: u64;
  /** How long it is open, or was last. */
  openNs: u64;
  spanNs: u64;
  newest: u64;
  consecutive: u32;
  succeeded: u32;
  probes: u32;
  size: u32;

  /** Whether the value was made for such a trip; another one's phase can be read, its counts cannot. */
  fits(trip: Trip): bool {
    return this.probes == trip.probes && this.spanNs == trip.spanNs && this.size == sizeOf(trip);
  }

  /**
   * Takes over from a circuit that was made for other numbers: its phase, and when it may be tried again. A new rule must
   * not open the gate to an upstream that is down.
   */
  follow(before: Circuit): void {
    this.phase = before.phase <= Phase.HALF_OPEN ? before.phase : Phase.CLOSED;
    this.generation = before.generation + 1;
    this.openNs = before.openNs;
    this.until = before.until;
  }

  admit(trip: Trip, now: u64, complete: bool): i32 {
    if (this.phase == Phase.CLOSED) return ADMITTED;
    if (this.phase == Phase.OPEN) {
      if (now < this.until) return REFUSED;
      this.enter(Phase.HALF_OPEN);
    }
    const place = this.placeFor(complete, now);
    if (place != REFUSED) this.setLease(place, trip.leaseFrom(now, complete));
    return place;
  }

  private placeFor(complete: bool, now: u64): i32 {
    let taken = this.succeeded;
    let free = REFUSED;
    let unfinished = REFUSED;
    for (let i = <i32>this.probes - 1; i >= 0; i--) {
      const lease = this.lease(i);
      if (lease <= now) free = i;
      else {
        taken++;
        if (lease & UNFINISHED) unfinished = i;
      }
    }
    if (taken < this.probes) return free;
    return complete ? unfinished : REFUSED;
  }

  /** Until the next call may be let through. */
  waitNs(now: u64): u64 {
    if (this.phase == Phase.CLOSED) return 0;
    if (this.phase == Phase.OPEN) return this.until > now ? this.until - now : 0;
    let least = u64.MAX_VALUE;
    for (let i: u32 = 0; i < this.probes; i++) {
      const lease = this.lease(i);
      if (lease > now) least = min(least, lease - now);
    }
    return least == u64.MAX_VALUE ? 0 : least;
  }

  /** Takes the outcome of a call into account that was let through in `generation`. */
  recordOutcome(trip: Trip, generation: u32, probe: i32, deadline: u64, failed: bool, slow: bool, now: u64): Change {
    if (generation != this.generation) return Change.NONE;
    if (this.phase == Phase.HALF_OPEN) return this.recordProbe(trip, probe, deadline, failed, slow, now);
    return this.phase == Phase.CLOSED ? this.count(trip, failed, slow, now) : Change.NONE;
  }

  /** The request of a probe is complete now. Returns whether its place was still its own. */
  finish(trip: Trip, generation: u32, probe: i32, deadline: u64, now: u64): bool {
    if (!this.endLease(generation, probe, deadline)) return false;
    this.setLease(probe, trip.leaseFrom(now, true));
    return true;
  }

  /** A probe that ended without an outcome. Returns whether its place was still its own. */
  endLease(generation: u32, probe: i32, deadline: u64): bool {
    if (generation != this.generation || <u32>probe >= this.probes || this.lease(probe) != deadline) return false;
    this.setLease(probe, 0);
    return true;
  }

  private recordProbe(trip: Trip, probe: i32, deadline: u64, failed: bool, slow: bool, now: u64): Change {
    this.endLease(this.generation, probe, deadline);
    if (failed || (slow && trip.slowShare != OFF)) {
      const doubled = this.openNs > trip.forMaxNs / 2 ? trip.forMaxNs : this.openNs * 2;
      this.open(max(doubled, 1), now);
      return Change.OPENED_PROBE;
    }
    if (++this.succeeded < this.probes) return Change.COUNTED;
    this.enter(Phase.CLOSED);
    return Change.CLOSED;
  }

  private count(trip: Trip, failed: bool, slow: bool, now: u64): Change {
    const before = this.consecutive;
    this.consecutive = failed ? (before == u32.MAX_VALUE ? before : before + 1) : 0;
    let change = trip.windowed || this.consecutive != before ? Change.COUNTED : Change.NONE;
    if (trip.windowed) {
      this.newest = slide(this.ring, this.newest, this.spanNs, now);
      countCall(this.ring, this.newest, failed, slow);
    }
    if (trip.consecutive && this.consecutive >= trip.consecutive) change = Change.OPENED_CONSECUTIVE;
    else if (trip.windowed) change = this.judge(trip, change);
    if (change > Change.COUNTED) this.open(trip.forNs, now);
    return change;
  }

  private judge(trip: Trip, change: Change): Change {
    sum(this.ring, COUNTS);
    if (COUNTS.calls < trip.requestsMin) return change;
    if (reached(COUNTS.failures, trip.failureShare)) return Change.OPENED_FAILURES;
    return reached(COUNTS.slow, trip.slowShare) ? Change.OPENED_SLOW : change;
  }

  private open(ns: u64, now: u64): void {
    this.openNs = ns;
    this.until = now + ns;
    this.enter(Phase.OPEN);
  }

  /** Every phase begins anew: without counts, without probes on their way. */
  private enter(phase: u32): void {
    this.phase = phase;
    this.generation++;
    this.consecutive = 0;
    this.succeeded = 0;
    memory.fill(this.leases, 0, this.size - offsetof<Circuit>());
  }

  /** Until when the probe of a place holds it. */
  lease(probe: u32): u64 {
    return load<u64>(this.leases + (probe << 3));
  }

  private setLease(probe: u32, until: u64): void {
    store<u64>(this.leases + (probe << 3), until);
  }

  private get leases(): usize {
    return changetype<usize>(this) + offsetof<Circuit>();
  }

  private get ring(): usize {
    return this.leases + (this.probes << 3);
  }
}

/** The last sums, for what the log says about an opening. */
export const COUNTS: Counts = changetype<Counts>(memory.data(24, 8));

export function sizeOf(trip: Trip): u32 {
  return <u32>offsetof<Circuit>() + (trip.probes << 3) + (trip.windowed ? <u32>WINDOW_BYTES : 0);
}

/** Writes a closed circuit into `sizeOf(trip)` zeroed bytes. */
export function closedCircuit(at: usize, trip: Trip): Circuit {
  const circuit = changetype<Circuit>(at);
  circuit.spanNs = trip.spanNs;
  circuit.probes = trip.probes;
  circuit.size = sizeOf(trip);
  return circuit;
}

function reached(part: u64, share: i32): bool {
  return share != OFF && part > 0 && part * 10000 >= <u64>share * COUNTS.calls;
}
