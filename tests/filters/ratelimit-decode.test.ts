import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { load, policy } from './load.js';

const limit = { name: 'l', key: ['service'], requests: 10, perMs: 1000 };
const shares = { requests: 10, perMs: 1000, weights: { orders: 2, '*': 0.5 } };

const refusedBecause = (change: object, reason: RegExp) =>
  assert.rejects(
    load('ratelimit', { ratelimit: [{ ...policy, ...change } as never] }),
    (error: { details?: string[] }) => reason.test(String(error.details)) || assert.fail(String(error.details)),
  );

describe('the rate limit filter refuses', () => {
  const limits: [object, RegExp][] = [
    [{ cost: 0 }, /limits\[0\]\.cost: must be a whole number from 1/],
    [{ cost: 'x' }, /limits\[0\]\.cost: must be an object/],
    [{ cost: {} }, /limits\[0\]\.cost: needs the field "header"/],
    [{ cost: { header: 'a b' } }, /limits\[0\]\.cost\.header: must be the name of a header/],
    [
      { cost: { header: 'x-cost', default: 3, max: 2 } },
      /limits\[0\]\.cost\.default: must be a whole number from 1 to 2/,
    ],
    [{ cost: { header: 'x-cost', least: 1 } }, /limits\[0\]\.cost\.least: is an unknown field/],
    [{ name: 'fairShares' }, /limits\[0\]: has the name of the shared budget/],
    [{ key: ['router'] }, /limits\[0\]\.key\[0\]: must be service, route, consumer/],
  ];
  for (const [change, reason] of limits)
    test(`a limit with ${JSON.stringify(change)}`, () => refusedBecause({ limits: [{ ...limit, ...change }] }, reason));

  const sharings: [object, RegExp][] = [
    [{ requests: undefined }, /fairShares: needs the field "requests"/],
    [{ perMs: 0 }, /fairShares\.perMs: must be a whole number from 1/],
    [{ weights: { a: 0 } }, /fairShares\.weights\.a: must be more than 0/],
    [{ weights: { a: 1001 } }, /fairShares\.weights\.a: must be a whole number from 0 to 1000/],
    [{ weights: { a: 0.125 } }, /fairShares\.weights\.a: must be a number with at most two decimals/],
    [{ weights: [] }, /fairShares\.weights: must be an object/],
    [{ burst: 1 }, /fairShares\.burst: is an unknown field/],
  ];
  for (const [change, reason] of sharings)
    test(`a shared budget with ${JSON.stringify(change)}`, () =>
      refusedBecause({ fairShares: { ...shares, ...change } }, reason));

  test('neither limits nor a shared budget, and no limits beside one', async () => {
    await refusedBecause({}, /ratelimit\[0\]: needs the field "limits"/);
    await refusedBecause({ limits: [], fairShares: shares }, /limits: must not be empty/);
  });
});

describe('a cost', () => {
  const loaded = (cost: unknown, change: object = {}) =>
    load('ratelimit', { ratelimit: [{ ...policy, limits: [{ ...limit, cost, ...change }] } as never] }, { workers: 2 });

  test('that the limit can never have is always refused, and spends nothing', async () => {
    const sim = await loaded({ header: 'x-cost' }, { burst: 2 });
    assert.equal((await sim.request({ headers: { 'x-cost': '13' } })).status, 429);
    assert.equal((await sim.request({ headers: { 'x-cost': '12' } })).status, 200);
    assert.equal((await sim.request({ headers: { 'x-cost': '1' } })).header('retry-after'), '1');
  });

  test('is refilled and leaves a window all at once', async () => {
    for (const algorithm of ['token-bucket', 'sliding-window']) {
      const sim = await loaded(4, { algorithm });
      for (const status of [200, 200, 429]) assert.equal((await sim.request()).status, status);
      sim.advance('1s');
      for (const status of [200, 200, 429]) assert.equal((await sim.request()).status, status);
    }
  });
});
