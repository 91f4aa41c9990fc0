import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Host, ManualClock } from '@tollgate/host-sim';
import fc from 'fast-check';
import { load, policy } from './load.js';
import { knows, noon, secretOfAll, signedBy } from './signed.js';

const systems = ['orders', 'billing', 'reports'];
const signed = new Map(systems.map((system) => [system, signedBy(system)]));

const requests = 100;
const perMs = 1000;

const loaded = (weights: Record<string, number>, change: object = {}) =>
  load(
    'governance',
    {
      token: [knows(...systems)],
      ratelimit: [{ ...policy, fairShares: { requests, perMs, weights }, ...change } as never],
    },
    { env: secretOfAll, clock: new ManualClock(noon), workers: 2 },
  );

const call = (sim: Host, system: string) => sim.request({ headers: signed.get(system) ?? {} });

interface Admission {
  system: string;
  at: number;
}

/** Everybody calls evenly, so many times a second; returns who was admitted when, from `fromMs` on. */
async function run(sim: Host, callsASecond: Record<string, number>, forMs: number): Promise<Admission[]> {
  const stepMs = 5;
  const admitted: Admission[] = [];
  const owed = new Map(Object.keys(callsASecond).map((system) => [system, 0]));
  for (let at = 0; at < forMs; at += stepMs) {
    for (const [system, calls] of Object.entries(callsASecond)) {
      let due = (owed.get(system) ?? 0) + (calls * stepMs) / 1000;
      for (; due >= 1; due--) if ((await call(sim, system)).status === 200) admitted.push({ system, at });
      owed.set(system, due);
    }
    sim.advance(stepMs);
  }
  return admitted;
}

/** Admitted of each in a second, once the first two are over. */
const rates = (admitted: Admission[], systems: string[], seconds: number) =>
  systems.map((system) => admitted.filter((one) => one.system === system && one.at >= 2000).length / (seconds - 2));

function near(actual: number[], expected: number[]): void {
  actual.forEach((rate, index) => {
    const wanted = expected[index] ?? 0;
    assert.ok(Math.abs(rate - wanted) <= requests * 0.05, `${actual}, not ${expected} within 5 % of the budget`);
  });
}

function neverTooMany(admitted: Admission[]): void {
  for (let first = 0; first + requests < admitted.length; first++) {
    const between = (admitted[first + requests]?.at ?? 0) - (admitted[first]?.at ?? 0);
    assert.ok(between >= perMs, `${requests + 1} within ${between} ms from ${admitted[first]?.at} on`);
  }
}

describe('fair shares', () => {
  const cases: [string, Record<string, number>, Record<string, number>, number[]][] = [
    ['who asks alone has all', { '*': 1 }, { orders: 300 }, [100]],
    ['two who ask for too much have halves', { '*': 1 }, { orders: 300, billing: 150 }, [50, 50]],
    ['who asks for less leaves the rest', { '*': 1 }, { orders: 300, billing: 20 }, [80, 20]],
    ['weights divide', { orders: 3, '*': 1 }, { orders: 300, billing: 300 }, [75, 25]],
    [
      'three of whom one asks for little',
      { orders: 2, '*': 1 },
      { orders: 300, billing: 300, reports: 10 },
      [60, 30, 10],
    ],
    ['nobody is refused while all fit', { '*': 1 }, { orders: 60, billing: 30 }, [60, 30]],
    ['who has no identity is one consumer', { anonymous: 0.5, '*': 1.5 }, { orders: 200, nobody: 200 }, [75, 25]],
  ];
  for (const [name, weights, asked, expected] of cases)
    test(name, async () => {
      const sim = await loaded(weights);
      const admitted = await run(sim, asked, 7000);
      neverTooMany(admitted);
      near(rates(admitted, Object.keys(asked), 7), expected);
    });

  test('within a period after somebody came, he has his share; within one after he left, the others have it', async () => {
    const sim = await loaded({ '*': 1 });
    const admitted = await run(sim, { orders: 300 }, 3000);
    const both = await run(sim, { orders: 300, billing: 300 }, 4000);
    const late = (system: string) => both.filter((one) => one.system === system && one.at >= 1000).length / 3;
    near([late('orders'), late('billing')], [50, 50]);
    const alone = await run(sim, { orders: 300 }, 4000);
    near([alone.filter(({ at }) => at >= 1000).length / 3], [100]);
    neverTooMany([
      ...admitted,
      ...both.map((one) => ({ ...one, at: one.at + 3000 })),
      ...alone.map((one) => ({ ...one, at: one.at + 7000 })),
    ]);
  });

  test('whatever they ask for, never more than the budget in any period, and hardly less while they ask for it', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), async (orders, billing) => {
        const sim = await loaded({ orders: 2, '*': 1 });
        const admitted = await run(sim, { orders, billing }, 4000);
        neverTooMany(admitted);
        const steady = admitted.filter(({ at }) => at >= 2000).length / 2;
        assert.ok(
          steady >= Math.min(requests, orders + billing) - requests * 0.05,
          `${steady} of ${orders} + ${billing}`,
        );
      }),
      { numRuns: 8 },
    ));

  test('a refusal says why and until when', async () => {
    const sim = await loaded({ '*': 1 }, { name: 'vendors-limits' });
    for (let index = 0; index < requests; index++) assert.equal((await call(sim, 'orders')).status, 200);
    const refused = await call(sim, 'orders');
    assert.equal(refused.status, 429);
    assert.equal(refused.header('x-tollgate-reason'), 'rate_limited');
    assert.match(refused.body, /"rule":"vendors-limits\/fairShares"/);
    assert.equal(refused.header('retry-after'), '1');
    assert.equal(refused.header('x-ratelimit-limit'), '100');
    assert.equal(refused.header('x-ratelimit-remaining'), '0');
  });
});
