// No limit admits more than it says, whatever its numbers: each is at its bounds here, and what was admitted is counted apart
// from the filter, in numbers of any size.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounds, signToken, tokenDate } from '@tollgate/model';
import fc from 'fast-check';
import { load, policy } from '../filters/load.js';
import { LongClock } from './long-clock.js';

const { amountMax, keysMaxMax, perMsMax, weightMax, weightMin } = bounds;
const seed = Math.floor(Math.random() * 2 ** 31);
const noon = '2026-11-21T12:00:00Z';

const amount = fc.constantFrom(0, 0, 1, 2, 3, 128, 129, amountMax - 1, amountMax);
const perMs = fc.constantFrom(1, 2, 1000, 3_600_000, perMsMax - 1, perMsMax);
const cost = fc.oneof(
  fc.constantFrom(undefined, 1, 2, amountMax),
  fc.record({ header: fc.constant('x-cost'), default: fc.constantFrom(1, 2), max: fc.constantFrom(2, amountMax) }),
);
const keysMax = fc.constantFrom(1, 1, 2, 17, keysMaxMax);
const key = fc.constantFrom([], [{ header: 'x-key' }]);
const fields = { name: fc.constant('l'), key, keysMax };
const limit = fc.oneof(
  fc.record({ ...fields, requests: amount, perMs, burst: amount, cost }),
  fc.record({ ...fields, requests: amount, perMs, cost, algorithm: fc.constant('sliding-window' as const) }),
  fc.record({ ...fields, concurrent: amount }),
);
const weight = fc.constantFrom(weightMin, 1, weightMax);
const shares = fc.record({
  requests: amount,
  perMs,
  weights: fc.record({ a: weight, anonymous: weight, '*': weight }, { requiredKeys: [] }),
});
type Limit = typeof limit extends fc.Arbitrary<infer T> ? T : never;
type Shares = typeof shares extends fc.Arbitrary<infer T> ? T : never;

const call = fc.record({
  advanceMs: fc.constantFrom(0, 0, 0, 1, 999, 1000, 3_600_000, perMsMax - 1, perMsMax),
  worker: fc.nat(1),
  key: fc.constantFrom('a', 'b', 'c'),
  cost: fc.constantFrom(undefined, '0', '1', '2', '4294967294', '4294967295', '4294967296', '9'.repeat(40), '-1', ''),
  /** Of a call in flight: it stays there. */
  stays: fc.boolean(),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
const calls = fc.array(call, { minLength: 1, maxLength: 40, size: 'max' });

interface Admission {
  atMs: bigint;
  amount: bigint;
}

/** What a call costs, as docs/policies/ratelimit.md says it. */
function costOf(said: Call['cost'], wanted: Shares | Limit): bigint {
  const set = 'cost' in wanted ? wanted.cost : undefined;
  if (typeof set !== 'object') return BigInt(set ?? 1);
  const number = said !== undefined && /^\d+$/.test(said) ? BigInt(said) : 0n;
  if (number === 0n) return BigInt(set.default);
  return number < BigInt(set.max) ? number : BigInt(set.max);
}

/** Who shares a budget: two systems, one of which has a weight of its own, and nobody in particular. */
const token = {
  ...policy,
  digest: 'md5',
  date: 'day',
  skewMs: 0,
  carry: 'header',
  header: 'x-token',
  systems: ['a', 'b'].map((id) => ({ id, secrets: ['SECRET'] })),
  rules: [{ name: 'r', require: 'none' }],
} as const;

function tokenOf(system: string, clock: LongClock): Record<string, string> {
  if (!token.systems.some(({ id }) => id === system)) return {};
  const date = tokenDate(new Date(Number(clock.wallNs() / 1_000_000n)), 'day');
  return { 'x-token': `${system}.${date}.${signToken('md5', 's', { system, date }).digest}` };
}

const sum = (admitted: Admission[]) => admitted.reduce((all, one) => all + one.amount, 0n);

/** Held against every interval that ends with the last admission. */
function assertWithin(admitted: Admission[], wanted: Shares | Limit): void {
  const last = admitted.at(-1);
  if (!last || 'concurrent' in wanted) return;
  const [requests, per] = [BigInt(wanted.requests), BigInt(wanted.perMs)];
  if (!('burst' in wanted)) {
    const spent = sum(admitted.filter(({ atMs }) => atMs > last.atMs - per));
    assert.ok(spent <= requests, `${spent} in a window of ${requests}`);
    return;
  }
  for (const [index, { atMs }] of admitted.entries()) {
    const most = requests + BigInt(wanted.burst) + ((last.atMs - atMs) * requests) / per;
    const spent = sum(admitted.slice(index));
    assert.ok(spent <= most, `${spent} where ${most} were there`);
  }
}

async function judge(wanted: { limit: Limit } | { shares: Shares }, all: Call[]): Promise<void> {
  const clock = new LongClock(noon);
  const step = 'limit' in wanted ? { limits: [wanted.limit] } : { fairShares: wanted.shares };
  const numbers = 'limit' in wanted ? wanted.limit : wanted.shares;
  const keyed = 'key' in numbers && numbers.key.length > 0;
  const steps = { token: [token], ratelimit: [{ ...policy, ...step } as never] };
  const sim = await load('governance', steps, { env: { SECRET: 's' }, workers: 2, clock });
  const admitted = new Map<string, Admission[]>();
  const inFlight = new Map<string, number>();
  let atMs = 0n;
  for (const { advanceMs, worker, key: name, cost: said, stays } of all) {
    clock.advance(advanceMs);
    atMs += BigInt(advanceMs);
    const headers = { 'x-key': name, ...tokenOf(name, clock), ...(said === undefined ? {} : { 'x-cost': said }) };
    const stream = sim.open({ worker, headers });
    const { answer } = stream;
    assert.doesNotMatch(answer?.localReply?.details ?? '', /wasm_fail/, 'it trapped');
    if (answer) {
      assert.equal(answer.status, 429);
      continue;
    }
    const budget = keyed ? name : '';
    if ('concurrent' in numbers) {
      const flying = (inFlight.get(budget) ?? 0) + 1;
      assert.ok(flying <= numbers.concurrent, `${flying} in flight of ${numbers.concurrent}`);
      if (stays) inFlight.set(budget, flying);
      if (stays) continue;
    } else {
      const spent = [...(admitted.get(budget) ?? []), { atMs, amount: costOf(said, numbers) }];
      admitted.set(budget, spent);
      assertWithin(spent, numbers);
    }
    await stream.end().response;
  }
}

const options = { numRuns: 300, seed };

test('no limit admits more than it says', async (context) => {
  context.diagnostic(`seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(limit, calls, (one, all) => judge({ limit: one }, all)),
    options,
  );
});

test('no shared budget admits more than it says', async (context) => {
  context.diagnostic(`seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(shares, calls, (one, all) => judge({ shares: one }, all)),
    options,
  );
});
