import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Host, HostOptions } from '@tollgate/host-sim';
import fc from 'fast-check';
import { load, policy } from './load.js';

const limit = { name: 'l', key: [{ header: 'x-key' }], headers: false, keysMax: 10_000 };
const workers = 3;

/** A number for each host call of a filter: which other worker's request comes in between, if any. */
const interleavings = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 30, maxLength: 400 });
const callers = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 5, maxLength: 60 });

/**
 * Sends the requests in the given order, but so that at a host call of one, the next may run on another worker from
 * beginning to end (and the one after it within that): what threads can do to each other between two host calls.
 */
async function interleaved(sim: Host, keys: string[], plan: number[]): Promise<number[]> {
  const waiting = keys.map((key, index) => ({ key, index }));
  const answers: Promise<{ status: number }>[] = [];
  const busy = new Set<number>();
  let at = 0;
  const run = (worker: number) => {
    const next = waiting.shift();
    if (!next) return;
    busy.add(worker);
    answers[next.index] = sim.request({ headers: { 'x-key': next.key }, worker });
    busy.delete(worker);
  };
  sim.faults.trapsNow = () => {
    const worker = plan[at++ % plan.length] ?? 0;
    if (busy.size > 0 && worker < workers && !busy.has(worker)) run(worker);
    return false;
  };
  for (let turn = 0; waiting.length > 0; turn++) run((plan[turn % plan.length] ?? 0) % workers);
  return (await Promise.all(answers)).map(({ status }) => status);
}

function admittedBy(keys: string[], statuses: number[]): Map<string, number> {
  assert.deepEqual(
    [...new Set(statuses)].filter((status) => status !== 200 && status !== 429),
    [],
  );
  const counts = new Map(keys.map((key) => [key, 0]));
  keys.forEach((key, index) => {
    if (statuses[index] === 200) counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return counts;
}

const amounts = [
  { requests: 4, perMs: 3_600_000, burst: 0 },
  { requests: 4, perMs: 3_600_000, algorithm: 'sliding-window' },
  { concurrent: 4 },
];

describe('workers that come in between each other’s host calls', () => {
  const loaded = (change: object, options: HostOptions = {}) =>
    load(
      'ratelimit',
      { ratelimit: [{ ...policy, limits: [{ ...limit, ...change }] as never }] },
      { workers, ...options },
    );

  /** Calls stay with the upstream, so that those in flight are so all at once. */
  const passes = async (sim: Host, keys: string[], plan: number[]) => {
    const held: (() => void)[] = [];
    sim.setUpstream(() => new Promise((resolve) => held.push(() => resolve(200))));
    const answers = interleaved(sim, keys, plan);
    await new Promise((resolve) => setImmediate(resolve));
    for (const go of held) go();
    return admittedBy(keys, await answers);
  };

  for (const casNumbers of ['together', 'by-key'] as const)
    for (const amount of amounts)
      test(`spend a budget exactly: ${JSON.stringify(amount)}, numbers ${casNumbers}`, () =>
        fc.assert(
          fc.asyncProperty(callers, interleavings, async (keys, plan) => {
            const counts = await passes(await loaded(amount, { casNumbers }), keys, plan);
            for (const [key, count] of counts)
              assert.equal(count, Math.min(4, keys.filter((other) => other === key).length), `${key} of ${keys}`);
          }),
          { numRuns: 60 },
        ));

  test('spend a shared budget exactly', () =>
    fc.assert(
      fc.asyncProperty(callers, interleavings, async (keys, plan) => {
        const fairShares = { requests: 7, perMs: 3_600_000, weights: {} };
        const sim = await load('ratelimit', { ratelimit: [{ ...policy, fairShares }] }, { workers });
        const passed = [...(await passes(sim, keys, plan)).values()].reduce((sum, count) => sum + count, 0);
        assert.equal(passed, Math.min(7, keys.length));
      }),
      { numRuns: 60 },
    ));

  for (const amount of amounts)
    test(`and with fewer places than keys nobody gets more than one budget: ${JSON.stringify(amount)}`, () =>
      fc.assert(
        fc.asyncProperty(callers, interleavings, fc.integer({ min: 1, max: 3 }), async (keys, plan, keysMax) => {
          const counts = await passes(await loaded({ ...amount, keysMax }), keys, plan);
          for (const [key, count] of counts) assert.ok(count <= 4, `${key} of ${keys}: ${count}`);
          const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
          assert.ok(total <= (keysMax + 1) * 4, `${total} over ${keysMax} places`);
        }),
        { numRuns: 100 },
      ));
});
