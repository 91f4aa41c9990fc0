import { Shared, make, monotonicNs, request, share, shared } from 'proxy-wasm';
import { ADMITTED, Change, Circuit, Phase, REFUSED, closedCircuit, sizeOf } from './circuit';
import { Breaker } from './policy';
import { afterRead, beforeRead } from '../shared-copy/guess';
import { announce, announceHalfOpen } from './announce';
import { changesSoFar, countChange } from './changes';

/** Compare-and-swap is tried so often: some worker gets on at each try. */
const ATTEMPTS_MAX: i32 = 1000;
const SECOND_NS: u64 = 1000000000;

/** A breaker's answer to a call that wants to go on. */
@unmanaged
export class Pass {
  refused: bool;
  /** Until the next call may go on, where this one may not. */
  waitNs: u64;
  /** Whether its outcome counts. */
  counts: bool;
  generation: u32;
  probe: i32;
  deadline: u64;
}

/**
 * Asks for one call. A circuit that is not there, or was made for other numbers by a configuration that this worker does not
 * have yet, lets it pass uncounted: a breaker spares an upstream, it keeps nobody out, so to refuse would be the harm.
 */
export function ask(breaker: Breaker, now: u64, complete: bool): Pass {
  const pass = make<Pass>(request);
  pass.probe = ADMITTED;
  const copy = breaker.copy;
  if (copy.holds(now)) {
    pass.counts = true;
    pass.generation = copy.circuit.generation;
    return pass;
  }
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const changes = changesSoFar();
    const value = read(breaker, now);
    if (!value) return pass;
    const circuit = changetype<Circuit>(value.at);
    if (!fits(value, breaker)) {
      pass.refused = circuit.phase == Phase.OPEN && now < circuit.until;
      if (pass.refused) pass.waitNs = circuit.waitNs(now);
      return pass;
    }
    const phase = circuit.phase;
    const probe = circuit.admit(breaker.trip, now, complete);
    if (probe == REFUSED) {
      pass.refused = true;
      pass.waitNs = circuit.waitNs(now);
      return pass;
    }
    if (phase == Phase.CLOSED) copy.take(value, changes, now);
    else if (!write(breaker, value)) continue;
    if (phase == Phase.OPEN) {
      countChange();
      announceHalfOpen(breaker);
    }
    pass.counts = true;
    pass.generation = circuit.generation;
    pass.probe = probe;
    if (probe != ADMITTED) pass.deadline = circuit.lease(probe);
    return pass;
  }
  // Only a half-open circuit is written for every call, and that one lets hardly any through.
  pass.refused = true;
  pass.waitNs = SECOND_NS;
  return pass;
}

/** Counts the outcome of a call that `ask` let through. */
export function recordOutcome(
  breaker: Breaker,
  generation: u32,
  probe: i32,
  deadline: u64,
  failed: bool,
  slow: bool,
  now: u64,
): void {
  if (!failed && probe == ADMITTED && recordedInCopy(breaker, generation, slow, now)) return;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const changes = changesSoFar();
    const value = read(breaker, now);
    if (!value || !fits(value, breaker)) return;
    const circuit = changetype<Circuit>(value.at);
    const change = circuit.recordOutcome(breaker.trip, generation, probe, deadline, failed, slow, now);
    if (change == Change.NONE) return;
    if (!write(breaker, value)) continue;
    breaker.copy.keep(breaker.shared.at, breaker.shared.length, value, changes, now);
    if (failed || change > Change.COUNTED) countChange();
    announce(breaker, change, circuit.openNs);
    return;
  }
}

/** The usual case, a success of a closed circuit, without reading that. False where it must be read. */
function recordedInCopy(breaker: Breaker, generation: u32, slow: bool, now: u64): bool {
  const copy = breaker.copy;
  // Without a window a success only ends a row of failures, each of which has moved the counter.
  if (!breaker.trip.windowed) {
    return copy.holds(now) && copy.circuit.generation == generation && !copy.circuit.consecutive;
  }
  if (!copy.isWritable(generation, now)) return false;
  const change = copy.circuit.recordOutcome(breaker.trip, generation, ADMITTED, 0, false, slow, now);
  if (!copy.write(breaker.shared.at, breaker.shared.length, now)) return false;
  if (change > Change.COUNTED) {
    copy.forget();
    countChange();
    announce(breaker, change, copy.circuit.openNs);
  }
  return true;
}

/** The request of a probe is complete now; returns until when it holds its place, as before where that is no longer its own. */
export function finish(breaker: Breaker, generation: u32, probe: i32, deadline: u64, now: u64): u64 {
  if (probe < 0) return deadline;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const value = read(breaker, now);
    if (!value || !fits(value, breaker)) return deadline;
    const circuit = changetype<Circuit>(value.at);
    if (!circuit.finish(breaker.trip, generation, probe, deadline, now)) return deadline;
    if (write(breaker, value)) return circuit.lease(probe);
  }
  return deadline;
}

/** Gives back the place of a probe that ended without an outcome. */
export function endLease(breaker: Breaker, generation: u32, probe: i32, deadline: u64, now: u64): void {
  if (probe < 0) return;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const value = read(breaker, now);
    if (!value || !fits(value, breaker)) return;
    if (!changetype<Circuit>(value.at).endLease(generation, probe, deadline)) return;
    if (write(breaker, value)) return;
  }
}

/**
 * Makes the circuit of a breaker if there is none; to be called while a configuration is taken in, which Envoy does once
 * alone before any worker, since a value that is missing is not guarded by compare-and-swap.
 */
export function createCircuit(breaker: Breaker): void {
  const known = read(breaker, monotonicNs());
  if (known && fits(known, breaker)) return;
  const size = sizeOf(breaker.trip);
  const made = closedCircuit(request.zeroed(size), breaker.trip);
  if (known) made.follow(changetype<Circuit>(known.at));
  share(breaker.shared.at, breaker.shared.length, changetype<usize>(made), size, known ? known.cas : 0);
}

/** Null where there is none, or one that is too short to be one. */
function read(breaker: Breaker, now: u64): Shared | null {
  beforeRead(now);
  const value = shared(breaker.shared.at, breaker.shared.length);
  if (!value || value.length < <i32>offsetof<Circuit>()) return null;
  afterRead(now);
  return value;
}

function fits(value: Shared, breaker: Breaker): bool {
  return <u32>value.length == sizeOf(breaker.trip) && changetype<Circuit>(value.at).fits(breaker.trip);
}

function write(breaker: Breaker, value: Shared): bool {
  return share(breaker.shared.at, breaker.shared.length, value.at, value.length, value.cas);
}
