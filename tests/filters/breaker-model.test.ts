// The breaker against a few lines of TypeScript that say what it should do, through random histories on two workers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { load, policy } from './load.js';

const forMs = 1000;
const forMaxMs = 5000;
const slowAfterMs = 1000;

/** What opens it, and how many such calls in a row: failures, or (one in any number is its share) a single slow call. */
const kinds = {
  failures: { trip: { consecutiveFailures: 3, requestsMin: 1 }, opensAt: 3 },
  slowness: { trip: { slowPercent: 0.01, slowAfterMs, requestsMin: 1 }, opensAt: 1 },
};

/** What the next call meets, with every call over before the next begins. */
class Model {
  #inRow = 0;
  #openMs = 0;
  #until = -1;
  #succeeded = 0;
  /** Undefined while it is closed. */
  #half: boolean | undefined;

  constructor(
    private readonly kind: keyof typeof kinds,
    private readonly probes: number,
  ) {}

  refuses(nowMs: number): boolean {
    if (this.#half === undefined || this.#half) return false;
    if (nowMs < this.#until) return true;
    this.#half = true;
    this.#succeeded = 0;
    return false;
  }

  answered(failed: boolean, slow: boolean, nowMs: number): void {
    const bad = this.kind === 'slowness' ? slow : failed;
    if (this.#half) {
      if (failed || bad) this.open(Math.min(this.#openMs * 2, forMaxMs), nowMs);
      else if (++this.#succeeded === this.probes) this.#half = undefined;
    } else {
      this.#inRow = bad ? this.#inRow + 1 : 0;
      if (this.#inRow === kinds[this.kind].opensAt) this.open(forMs, nowMs);
    }
  }

  private open(ms: number, nowMs: number): void {
    this.#inRow = 0;
    this.#openMs = ms;
    this.#until = nowMs + ms;
    this.#half = false;
  }
}

/** A request is no more than its head, or its body ends so long after it, and then its caller may leave before that or later. */
const step = fc.record({
  waitMs: fc.constantFrom(0, 0, 0, 1, 999, 1000, 2000, 5000),
  bodyMs: fc.constantFrom(undefined, undefined, 0, 499, 500, 1500, 30_000),
  tookMs: fc.constantFrom(0, 0, 1, 999, 1000, 1500),
  leaves: fc.constantFrom(false, false, false, 'before its end', 'before the answer'),
  failed: fc.boolean(),
  worker: fc.nat(1),
});

test('every history gives the verdicts that the model gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 120 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom('failures' as const, 'slowness' as const),
      async (steps, probes, kind) => {
        const breaker = {
          ...{ name: 'b', windowMs: 7_200_000, trip: kinds[kind].trip, probes },
          ...{ failures: { statuses: ['5xx'], grpc: [], resets: true }, open: { forMs, forMaxMs } },
        };
        const sim = await load('breaker', { breaker: [{ ...policy, breakers: [breaker] }] }, { workers: 2 });
        const model = new Model(kind, probes);
        let nowMs = 0;
        const advance = (ms: number) => {
          sim.advance(ms);
          nowMs += ms;
        };
        for (const { waitMs, bodyMs, tookMs, leaves, failed, worker } of steps) {
          advance(waitMs);
          sim.setUpstream(() => {
            if (leaves && bodyMs !== undefined) return new Promise(() => {});
            advance(tookMs);
            return failed ? 503 : 200;
          });
          const refuses = model.refuses(nowMs);
          if (bodyMs === undefined) {
            const { upstream } = await sim.request({ worker });
            assert.equal(upstream === undefined, refuses);
          } else {
            const call = sim.open({ worker, method: 'POST' });
            assert.equal(call.answer?.status, refuses ? 503 : undefined);
            if (refuses) continue;
            advance(bodyMs);
            if (leaves !== 'before its end') call.end();
            if (leaves) {
              advance(tookMs);
              call.reset();
              continue;
            }
            assert.equal((await call.response).status, failed ? 503 : 200);
          }
          if (!refuses) model.answered(failed, tookMs >= slowAfterMs, nowMs);
        }
      },
    ),
    { numRuns: 100 },
  );
});
