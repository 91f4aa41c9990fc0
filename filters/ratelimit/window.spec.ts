import { heapArena, make } from 'proxy-wasm';
import { Algorithm, Rate } from './bucket';
import { Budget } from './budget';

const arena = heapArena();
const SECOND: u64 = 1000000000;
const DAY: u64 = 86400 * SECOND;

const sizes: u64[] = [1, 2, 7, 100, 128, 129, 130, 500, 1000, 5000];
const periods: u64[] = [1000000, 10000000, SECOND, 60 * SECOND + 1, DAY];

function window(requests: u64, perNs: u64): Rate {
  const made = make<Rate>(arena);
  made.requests = requests;
  made.perNs = perNs;
  made.capacity = requests;
  made.algorithm = Algorithm.WINDOW;
  return made;
}

/** With room for more marks than any test may make. */
function budget(): Budget {
  return changetype<Budget>(arena.zeroed(65536));
}

let seed: u64 = 1;
function random(below: u64): u64 {
  seed = seed * 6364136223846793005 + 1442695040888963407;
  return (seed >> 16) % below;
}

let marksMost: u64 = 0;

function admit(budget: Budget, rate: Rate, now: u64): bool {
  budget.settle(rate, now);
  if (!budget.admits(rate, 1)) return false;
  budget.add(rate, 1, now);
  marksMost = max(marksMost, budget.marks);
  return true;
}

/**
 * Calls at random moments, often several in one and sometimes after a pause, against a log of every call that was admitted.
 * `tooMany` counts calls admitted although the period before holds `requests` already; `tooFew` those refused although even
 * a period that is a hundredth longer does not.
 */
class Comparison {
  tooMany: i32 = 0;
  tooFew: i32 = 0;
  admitted: i32 = 0;
}

function compare(requests: u64, perNs: u64, calls: i32, gap: u64): Comparison {
  const rate = window(requests, perNs);
  const kept = budget();
  const log = new StaticArray<u64>(calls);
  const result = new Comparison();
  let now: u64 = random(perNs);
  let first = 0;
  let firstLonger = 0;
  for (let i = 0; i < calls; i++) {
    if (random(4)) now += random(gap);
    if (!random(500)) now += random(2 * perNs);
    while (first < result.admitted && log[first] + perNs <= now) first++;
    while (firstLonger < result.admitted && log[firstLonger] + perNs + perNs / 100 <= now) firstLonger++;
    const admitted = admit(kept, rate, now);
    if (admitted && <u64>(result.admitted - first) >= requests) result.tooMany++;
    if (!admitted && <u64>(result.admitted - firstLonger) < requests) result.tooFew++;
    if (admitted) log[result.admitted++] = now;
  }
  return result;
}

describe('a sliding window against a log of every call', () => {
  it('never admits more in any period, and refuses nobody who would still fit into a period longer by 1 %', () => {
    for (let i = 0; i < sizes.length; i++) {
      for (let j = 0; j < periods.length; j++) {
        // From three times what is admitted to a thirtieth of it.
        const even = max<u64>(periods[j] / sizes[i], 10);
        for (let gap = even / 2; gap < even * 32; gap *= 4) {
          const result = compare(sizes[i], periods[j], 5000, max<u64>(gap, 2));
          expect(result.tooMany).toBe(0);
          expect(result.tooFew).toBe(0);
          expect(result.admitted).toBeGreaterThan(0);
        }
      }
    }
  });
  it('remembers no more than 130 moments, however many requests', () => {
    marksMost = 0;
    for (let i = 0; i < sizes.length; i++) compare(sizes[i], SECOND, 20000, SECOND / sizes[i] / 2 + 2);
    compare(4294967295, SECOND, 200000, 10000);
    expect(marksMost).toBeGreaterThan(100);
    expect(marksMost <= 130).toBe(true);
  });
  it('gives a caller who never rests 99 % of the requests', () => {
    const rate = window(1000, SECOND);
    const kept = budget();
    let admitted = 0;
    for (let now: u64 = 0; now < 100 * SECOND; now += SECOND / 1000 / 4) if (admit(kept, rate, now)) admitted++;
    expect(admitted <= 100000).toBe(true);
    expect(admitted).toBeGreaterThan(99000);
  });
});

describe('a sliding window', () => {
  it('is exact where there are few requests', () => {
    const rate = window(3, 10 * SECOND);
    const kept = budget();
    for (let second: u64 = 1; second <= 3; second++) expect(admit(kept, rate, second * SECOND)).toBe(true);
    expect(admit(kept, rate, 11 * SECOND - 1)).toBe(false);
    expect(kept.waitNs(rate, 1, 11 * SECOND - 1)).toBe(1);
    expect(kept.resetNs(rate, 11 * SECOND - 1)).toBe(2 * SECOND + 1);
    expect(admit(kept, rate, 11 * SECOND)).toBe(true);
    expect(kept.left(rate)).toBe(0);
    expect(kept.waitNs(rate, 1, 11 * SECOND)).toBe(SECOND);
  });
  it('waits until enough have left when the limit became smaller', () => {
    const kept = budget();
    for (let i: u64 = 0; i < 10; i++) admit(kept, window(10, 10 * SECOND), i * SECOND);
    const smaller = window(4, 10 * SECOND);
    kept.settle(smaller, 9 * SECOND);
    expect(kept.left(smaller)).toBe(0);
    // Seven must go; the seventh came at 6 s.
    expect(kept.waitNs(smaller, 1, 9 * SECOND)).toBe(7 * SECOND);
  });
  it('keeps what was spent when the period changes', () => {
    const kept = budget();
    for (let i = 0; i < 5; i++) admit(kept, window(10, SECOND), 100);
    const longer = window(10, DAY);
    kept.settle(longer, SECOND + 99);
    expect(kept.left(longer)).toBe(5);
    expect(kept.resetNs(longer, 100)).toBe(DAY);
  });
  it('gives back the call that it is asked to, not one of later', () => {
    const rate = window(10, 10 * SECOND);
    const kept = budget();
    const t = kept.add(rate, 1, SECOND);
    kept.add(rate, 1, 2 * SECOND);
    kept.take(rate, 1, t);
    expect(kept.spent).toBe(1);
    expect(kept.mark(0).t).toBe(2 * SECOND);
    kept.take(rate, 1, 2 * SECOND);
    expect(kept.marks).toBe(0);
  });
  it('forgets nothing while the clock goes back, and stays in order', () => {
    const rate = window(2, SECOND);
    const kept = budget();
    expect(admit(kept, rate, 5 * SECOND)).toBe(true);
    expect(admit(kept, rate, 5 * SECOND - 10)).toBe(true);
    expect(kept.marks).toBe(1);
    expect(admit(kept, rate, SECOND)).toBe(false);
    expect(admit(kept, rate, 6 * SECOND - 1)).toBe(false);
    expect(admit(kept, rate, 6 * SECOND)).toBe(true);
  });
  it('has a bound on its memory whatever was pushed', () => {
    const kept = budget();
    for (let i: u64 = 0; i < 10000; i++) kept.add(window(1 + (i & 127), DAY), 1, i);
    expect(kept.marks).toBe(192);
    expect(kept.spent).toBe(10000);
    expect(kept.mark(191).t).toBe(9999);
  });
  it('admits nobody where there are no requests', () => {
    const rate = window(0, SECOND);
    const kept = budget();
    expect(admit(kept, rate, 0)).toBe(false);
    expect(kept.waitNs(rate, 1, 0)).toBe(SECOND);
  });
});
