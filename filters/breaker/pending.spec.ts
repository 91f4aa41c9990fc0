import { PENDING_MAX, addPending, pendingOf, removePending } from './pending';

describe('the calls on their way', () => {
  it('are found by their stream, however many come and go, in the order in which they were added', () => {
    const alive = new Map<u32, u32>();
    let seed: u32 = 3;
    for (let step: u32 = 1; step <= 60000; step++) {
      seed = seed * 1664525 + 1013904223;
      const stream = 1 + ((seed >>> 8) % 6000);
      if (alive.has(stream)) {
        const count = alive.get(stream);
        for (let nth: u32 = 0; nth < count; nth++) assert(pendingOf(stream, nth)!.generation == nth, 'lost');
        assert(pendingOf(stream, count) == null, 'one too many');
        for (let nth: u32 = 0; nth < count; nth++) {
          assert(pendingOf(stream, 0)!.generation == nth, 'out of order');
          removePending(pendingOf(stream, 0)!);
        }
        assert(pendingOf(stream, 0) == null, 'not removed');
        alive.delete(stream);
      } else {
        const count: u32 = 1 + (seed & 1);
        let added: u32 = 0;
        for (; added < count; added++) {
          const pending = addPending(stream);
          if (!pending) break;
          pending.generation = added;
        }
        if (added) alive.set(stream, added);
      }
    }
    expect(alive.size).toBeGreaterThan(1000);
  });
  it('are bounded', () => {
    let more = 0;
    while (addPending(1000000)) more++;
    expect(more).toBeLessThan(PENDING_MAX);
    assert(addPending(1) == null);
  });
});
