// The breaker against a few lines of TypeScript that say what it should do, through random histories on two workers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { load, policy } from './load.js';

const failuresMax = 3;
const forMs = 1000;
const forMaxMs = 5000;

/** What the next call meets, with every call over before the next begins. */
class Model {
  #failures = 0;
  #openMs = 0;
  #until = -1;
  #succeeded = 0;
  /** Undefined while it is closed. */
  #half: boolean | undefined;

  constructor(private readonly probes: number) {}

  refuses(nowMs: number): boolean {
    if (this.#half === undefined || this.#half) return false;
    if (nowMs < this.#until) return true;
    this.#half = true;
    this.#succeeded = 0;
    return false;
  }

  answered(failed: boolean, nowMs: number): void {
    if (this.#half) {
      if (failed) this.open(Math.min(this.#openMs * 2, forMaxMs), nowMs);
      else if (++this.#succeeded === this.probes) this.#half = undefined;
    } else {
      this.#failures = failed ? this.#failures + 1 : 0;
      if (this.#failures === failuresMax) this.open(forMs, nowMs);
    }
  }

  private open(ms: number, nowMs: number): void {
    this.#failures = 0;
    this.#openMs = ms;
    this.#until = nowMs + ms;
    this.#half = false;
  }
}

const step = fc.record({
  waitMs: fc.constantFrom(0, 0, 0, 1, 999, 1000, 2000, 5000),
  tookMs: fc.constantFrom(0, 0, 1, 1500),
  failed: fc.boolean(),
  worker: fc.nat(1),
});

test('every history gives the verdicts that the model gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 120 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, probes) => {
        const breaker = {
          ...{ name: 'b', windowMs: 60_000, trip: { consecutiveFailures: failuresMax, requestsMin: 1 }, probes },
          ...{ failures: { statuses: ['5xx'], grpc: [], resets: true }, open: { forMs, forMaxMs } },
        };
        const sim = await load('breaker', { breaker: [{ ...policy, breakers: [breaker] }] }, { workers: 2 });
        const model = new Model(probes);
        let nowMs = 0;
        for (const { waitMs, tookMs, failed, worker } of steps) {
          sim.advance(waitMs);
          nowMs += waitMs;
          sim.setUpstream(() => {
            sim.advance(tookMs);
            return failed ? 503 : 200;
          });
          const refuses = model.refuses(nowMs);
          const { upstream } = await sim.request({ worker });
          assert.equal(upstream === undefined, refuses);
          if (refuses) continue;
          nowMs += tookMs;
          model.answered(failed, nowMs);
        }
      },
    ),
    { numRuns: 60 },
  );
});
