import { heapArena, make } from 'proxy-wasm';
import { Counts, PARTS, WINDOW_BYTES, countCall, slide, sum } from './window';

const arena = heapArena();

describe('a window', () => {
  it('holds what happened in at least 29 and at most 30 of its parts', () => {
    const span: u64 = 1000;
    let seed: u32 = 7;
    const times = new Array<u64>();
    const ring = arena.zeroed(WINDOW_BYTES);
    const counts = make<Counts>(arena);
    let newest: u64 = 0;
    let now: u64 = 123456789;
    for (let i = 0; i < 5000; i++) {
      seed = seed * 1664525 + 1013904223;
      now += (seed >>> 8) % (i % 100 ? 700 : 40000);
      newest = slide(ring, newest, span, now);
      countCall(ring, newest, (seed & 256) != 0, false);
      times.push(now);
      sum(ring, counts);
      let least: u64 = 0;
      let most: u64 = 0;
      for (let j = times.length - 1; j >= 0 && now - times[j] <= PARTS * span; j--) {
        most++;
        if (now - times[j] < (PARTS - 1) * span) least++;
      }
      assert(counts.calls >= least && counts.calls <= most, 'not in the window');
      assert(counts.failures <= counts.calls && counts.slow == 0, 'counted apart');
    }
    expect(counts.calls).toBeGreaterThan(0);
  });
  it('takes a call of a worker whose clock was read earlier into the newest part', () => {
    const ring = arena.zeroed(WINDOW_BYTES);
    const counts = make<Counts>(arena);
    const newest = slide(ring, 0, 10, 1000);
    expect(newest).toBe(100);
    countCall(ring, slide(ring, newest, 10, 5), true, true);
    sum(ring, counts);
    expect(counts.slow).toBe(1);
    slide(ring, newest, 10, u64.MAX_VALUE);
    sum(ring, counts);
    expect(counts.calls).toBe(0);
  });
});
