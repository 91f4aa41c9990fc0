import { heapArena, make } from 'proxy-wasm';
import { ADMITTED, Change, Circuit, OFF, Phase, REFUSED, Trip, UNFINISHED_NS, closedCircuit, sizeOf } from './circuit';

const arena = heapArena();
const SECOND: u64 = 1000000000;

function trip(consecutive: u32, failureShare: i32 = OFF, slowShare: i32 = OFF, probes: u32 = 1): Trip {
  const made = make<Trip>(arena);
  made.consecutive = consecutive;
  made.failureShare = failureShare;
  made.slowShare = slowShare;
  made.slowNs = slowShare == OFF ? 0 : SECOND;
  made.requestsMin = 10;
  made.windowNs = 30 * SECOND;
  made.forNs = 10 * SECOND;
  made.forMaxNs = 35 * SECOND;
  made.probes = probes;
  return made;
}

function closed(rules: Trip): Circuit {
  return closedCircuit(arena.zeroed(sizeOf(rules)), rules);
}

function outcome(circuit: Circuit, rules: Trip, failed: bool, now: u64, slow: bool = false): Change {
  return circuit.recordOutcome(rules, circuit.generation, ADMITTED, 0, failed, slow, now);
}

function probe(circuit: Circuit, rules: Trip, at: i32, now: u64, failed: bool): Change {
  return circuit.recordOutcome(rules, circuit.generation, at, now + rules.leaseNs, failed, false, now);
}

describe('a closed circuit', () => {
  it('opens at so many failures in a row, not before', () => {
    const rules = trip(3);
    const circuit = closed(rules);
    expect(outcome(circuit, rules, true, 1)).toBe(Change.COUNTED);
    expect(outcome(circuit, rules, true, 2)).toBe(Change.COUNTED);
    expect(outcome(circuit, rules, false, 3)).toBe(Change.COUNTED);
    expect(outcome(circuit, rules, false, 3)).toBe(Change.NONE);
    outcome(circuit, rules, true, 4);
    outcome(circuit, rules, true, 5);
    expect(circuit.admit(rules, 5, true)).toBe(ADMITTED);
    expect(outcome(circuit, rules, true, 6)).toBe(Change.OPENED_CONSECUTIVE);
    expect(circuit.admit(rules, 7, true)).toBe(REFUSED);
    expect(circuit.waitNs(6)).toBe(10 * SECOND);
  });
  it('opens at the share, which is reached when it is equal', () => {
    const rules = trip(0, 5000);
    const circuit = closed(rules);
    for (let i = 0; i < 5; i++) outcome(circuit, rules, false, SECOND);
    for (let i = 0; i < 4; i++) expect(outcome(circuit, rules, true, SECOND)).toBe(Change.COUNTED);
    expect(outcome(circuit, rules, true, SECOND)).toBe(Change.OPENED_FAILURES);
  });
  it('looks at the share when enough calls are there, also where the last of them succeeded', () => {
    const rules = trip(0, 5000);
    const circuit = closed(rules);
    for (let i = 0; i < 9; i++) expect(outcome(circuit, rules, true, SECOND)).toBe(Change.COUNTED);
    expect(outcome(circuit, rules, false, SECOND)).toBe(Change.OPENED_FAILURES);
  });
  it('never opens at no failure, even where none is too much', () => {
    const rules = trip(0, 0);
    const circuit = closed(rules);
    for (let i = 0; i < 50; i++) expect(outcome(circuit, rules, false, SECOND)).toBe(Change.COUNTED);
    expect(outcome(circuit, rules, true, SECOND)).toBe(Change.OPENED_FAILURES);
  });
  it('counts slow calls apart', () => {
    const rules = trip(0, OFF, 8000);
    const circuit = closed(rules);
    for (let i = 0; i < 9; i++) expect(outcome(circuit, rules, true, SECOND, i > 1)).toBe(Change.COUNTED);
    expect(outcome(circuit, rules, false, SECOND, true)).toBe(Change.OPENED_SLOW);
  });
});

describe('an open circuit', () => {
  it('lets so many probes through, and closes when they succeeded', () => {
    const rules = trip(1, OFF, OFF, 2);
    const circuit = closed(rules);
    outcome(circuit, rules, true, 0);
    expect(circuit.admit(rules, 10 * SECOND - 1, true)).toBe(REFUSED);
    const now = 10 * SECOND;
    expect(circuit.admit(rules, now, true)).toBe(0);
    expect(circuit.admit(rules, now, true)).toBe(1);
    expect(circuit.admit(rules, now, true)).toBe(REFUSED);
    expect(probe(circuit, rules, 1, now, false)).toBe(Change.COUNTED);
    // One has succeeded, one is on its way: no third.
    expect(circuit.admit(rules, now, true)).toBe(REFUSED);
    expect(probe(circuit, rules, 0, now, false)).toBe(Change.CLOSED);
    expect(circuit.admit(rules, now, true)).toBe(ADMITTED);
    expect(circuit.consecutive).toBe(0);
  });
  it('opens for twice as long at each failed probe, up to the longest, and begins anew when it closed', () => {
    const rules = trip(1);
    const circuit = closed(rules);
    outcome(circuit, rules, true, 0);
    const waits: u64[] = [20, 35, 35];
    let now: u64 = 0;
    for (let i = 0; i < waits.length; i++) {
      now = circuit.until;
      expect(circuit.admit(rules, now, true)).toBe(0);
      expect(probe(circuit, rules, 0, now, true)).toBe(Change.OPENED_PROBE);
      expect(circuit.waitNs(now)).toBe(waits[i] * SECOND);
    }
    now = circuit.until;
    circuit.admit(rules, now, true);
    expect(probe(circuit, rules, 0, now, false)).toBe(Change.CLOSED);
    expect(outcome(circuit, rules, true, now)).toBe(Change.OPENED_CONSECUTIVE);
    expect(circuit.waitNs(now)).toBe(10 * SECOND);
  });
  it('takes a slow probe for a failed one where slowness is a reason to open', () => {
    const rules = trip(1, OFF, 5000);
    const circuit = closed(rules);
    outcome(circuit, rules, true, 0);
    circuit.admit(rules, circuit.until, true);
    expect(circuit.recordOutcome(rules, circuit.generation, 0, 0, false, true, circuit.until)).toBe(
      Change.OPENED_PROBE,
    );
  });
  it('gives the place of a lost probe away when its lease is over, or at once when it is given back', () => {
    const rules = trip(1);
    const circuit = closed(rules);
    outcome(circuit, rules, true, 0);
    const now = circuit.until;
    circuit.admit(rules, now, true);
    expect(circuit.waitNs(now)).toBe(rules.leaseNs);
    expect(circuit.admit(rules, now + rules.leaseNs - 1, true)).toBe(REFUSED);
    expect(circuit.admit(rules, now + rules.leaseNs, true)).toBe(0);
    // The first one comes back after all: the place belongs to another now.
    expect(circuit.endLease(circuit.generation, 0, now + rules.leaseNs)).toBe(false);
    expect(circuit.endLease(circuit.generation, 0, now + 2 * rules.leaseNs)).toBe(true);
    expect(circuit.admit(rules, now + rules.leaseNs, true)).toBe(0);
    expect(circuit.endLease(circuit.generation, 99, 0)).toBe(false);
    expect(circuit.endLease(circuit.generation, -1, 0)).toBe(false);
  });
  it('gives the place of a probe that is not complete to one that is, and to any after a while', () => {
    const rules = trip(1, OFF, OFF, 2);
    const circuit = closed(rules);
    outcome(circuit, rules, true, 0);
    const now = circuit.until;
    for (let i = 0; i < 2; i++) expect(circuit.admit(rules, now, false)).toBe(i);
    const first = circuit.lease(0);
    const second = circuit.lease(1);
    expect(circuit.waitNs(now)).toBeLessThan(UNFINISHED_NS + 1);
    expect(circuit.admit(rules, now + 1, false)).toBe(REFUSED);
    expect(circuit.admit(rules, now + 1, true)).toBe(0);
    // Whose place that was has none any more; the other keeps its own from its end on.
    expect(circuit.finish(rules, circuit.generation, 0, first, now + 2)).toBe(false);
    expect(circuit.finish(rules, circuit.generation, 1, second, now + 2)).toBe(true);
    expect(circuit.admit(rules, now + UNFINISHED_NS, true)).toBe(REFUSED);
    circuit.endLease(circuit.generation, 1, circuit.lease(1));
    expect(circuit.admit(rules, now + 3, false)).toBe(1);
    expect(circuit.admit(rules, now + 3 + UNFINISHED_NS - 2, false)).toBe(REFUSED);
    expect(circuit.admit(rules, now + 3 + UNFINISHED_NS, false)).toBe(1);
  });
  it('hears nothing from calls of an earlier phase', () => {
    const rules = trip(1);
    const circuit = closed(rules);
    const before = circuit.generation;
    outcome(circuit, rules, true, 0);
    expect(circuit.recordOutcome(rules, before, ADMITTED, 0, true, false, 1)).toBe(Change.NONE);
    circuit.admit(rules, circuit.until, true);
    expect(circuit.recordOutcome(rules, before, ADMITTED, 0, true, false, 1)).toBe(Change.NONE);
    expect(circuit.phase).toBe(Phase.HALF_OPEN);
  });
  it('stays open under new numbers', () => {
    const rules = trip(1);
    const circuit = closed(rules);
    outcome(circuit, rules, true, 0);
    const other = trip(0, 5000, OFF, 4);
    expect(circuit.fits(other)).toBe(false);
    const follower = closed(other);
    follower.follow(circuit);
    expect(follower.fits(other)).toBe(true);
    expect(follower.admit(other, 10 * SECOND - 1, true)).toBe(REFUSED);
    for (let i = 0; i < 4; i++) expect(follower.admit(other, 10 * SECOND, true)).toBe(i);
    expect(follower.admit(other, 10 * SECOND, true)).toBe(REFUSED);
  });
});

let seed: u32 = 1;
function random(below: u32): u32 {
  seed = seed * 1664525 + 1013904223;
  return (seed >>> 8) % below;
}

describe('whatever happens', () => {
  it('never more probes at a time than allowed, and never stuck', () => {
    for (let round: u32 = 1; round <= 200; round++) {
      seed = round;
      const rules = trip(random(3), 3000, 5000, 1 + random(5));
      const circuit = closed(rules);
      const generations = new Array<u32>();
      const probes = new Array<i32>();
      const deadlines = new Array<u64>();
      let now: u64 = 1;
      for (let step = 0; step < 300; step++) {
        now += random(4000) * 1000000;
        const asked = circuit.admit(rules, now, random(2) == 0);
        if (asked != REFUSED) {
          generations.push(circuit.generation);
          probes.push(asked);
          deadlines.push(asked < 0 ? 0 : circuit.lease(asked));
        }
        let alive: u32 = 0;
        for (let i = 0; i < probes.length; i++) {
          if (probes[i] < 0 || generations[i] != circuit.generation) continue;
          // Some bodies come to their end.
          const ends = !random(4) && circuit.finish(rules, generations[i], probes[i], deadlines[i], now);
          if (ends) deadlines[i] = circuit.lease(probes[i]);
          if (deadlines[i] > now && circuit.lease(probes[i]) == deadlines[i]) alive++;
        }
        assert(alive <= rules.probes, 'too many probes');
        // Some calls end, some never do.
        while (probes.length && random(3)) {
          const at = random(probes.length);
          const ends = random(4);
          if (ends)
            circuit.recordOutcome(rules, generations[at], probes[at], deadlines[at], ends == 1, random(3) == 0, now);
          else circuit.endLease(generations[at], probes[at], deadlines[at]);
          generations.splice(at, 1);
          probes.splice(at, 1);
          deadlines.splice(at, 1);
        }
      }
      // However it stands: somebody may go on after what it tells callers to wait.
      const wait = circuit.waitNs(now);
      assert(wait <= rules.forMaxNs + rules.leaseNs, 'waits too long');
      expect(circuit.admit(rules, now + wait, true)).not.toBe(REFUSED);
    }
  });
});
