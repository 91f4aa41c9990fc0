// A worker writes what it shares by what it remembers of it, without reading it again (filters/shared-copy/guess.ts).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FilterTarget } from '@tollgate/envoy';
import { load, policy } from './load.js';

const limits = (...names: string[]) => ({
  ratelimit: [
    {
      ...policy,
      limits: names.map((name) => ({ name, requests: 1000, perMs: 60_000, headers: false, keysMax: 10 })) as never,
    },
  ],
});
const breaker = {
  breaker: [
    {
      ...policy,
      breakers: [
        { name: 'b', windowMs: 30_000, trip: { failurePercent: 50, requestsMin: 20 }, open: { forMs: 1000 } },
      ] as never,
    },
  ],
};

const cases: [what: string, steps: Partial<FilterTarget>][] = [
  ['one limit', limits('one')],
  ['three limits', limits('one', 'two', 'three')],
  ['a breaker', breaker],
  ['a breaker and two limits', { ...limits('one', 'two'), ...breaker }],
];

for (const [what, steps] of cases)
  test(`some calls after another worker wrote, nothing is read any more: ${what}`, async () => {
    const sim = await load('governance', steps, { workers: 2 });
    const reads = async (worker: number) => {
      const { conversation } = await sim.request({ worker });
      return conversation.filter(({ name }) => name === 'proxy_get_shared_data').length;
    };
    for (const other of [3, 1]) {
      for (let i = 0; i < other; i++) await reads(1);
      for (let i = 0; i < 12; i++) await reads(0);
      assert.equal(await reads(0), 0);
    }
  });
