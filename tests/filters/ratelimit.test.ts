import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Host } from '@tollgate/host-sim';
import { load, policy } from './load.js';

const limit = { name: 'l', key: ['service'], requests: 10, perMs: 1000, burst: 0, headers: false, keysMax: 10_000 };
const loaded = (change: object, options = {}) =>
  load('ratelimit', { ratelimit: [{ ...policy, limits: [{ ...limit, ...change }] as never }] }, options);

async function admitted(sim: Host, count: number, request: object = {}): Promise<number> {
  let passed = 0;
  for (let index = 0; index < count; index++) if ((await sim.request(request)).status === 200) passed++;
  return passed;
}

describe('the rate limit', () => {
  test('admits requests and burst at once, over all workers together', async () => {
    const sim = await loaded({ burst: 5 }, { workers: 4 });
    assert.equal(await admitted(sim, 100), 15);
  });

  test('refills evenly and exactly', async () => {
    const sim = await loaded({ requests: 3, perMs: 1000 });
    assert.equal(await admitted(sim, 10), 3);
    sim.advance(333);
    assert.equal(await admitted(sim, 10), 0);
    sim.advance(1);
    assert.equal(await admitted(sim, 10), 1);
    let passed = 0;
    for (let ms = 0; ms < 10_000; ms += 7) {
      sim.advance(7);
      passed += await admitted(sim, 1);
    }
    assert.equal(passed, 30);
  });

  test('does not care for the wall clock', async () => {
    const sim = await loaded({ requests: 1, perMs: 3_600_000 });
    assert.equal(await admitted(sim, 3), 1);
    sim.stepWall(48 * 3_600_000);
    assert.equal(await admitted(sim, 3), 0);
    sim.stepWall(-96 * 3_600_000);
    assert.equal(await admitted(sim, 3), 0);
  });

  test('requests 0 admits nobody; the greatest number does not overflow', async () => {
    assert.equal(await admitted(await loaded({ requests: 0 }), 3), 0);
    assert.equal(
      await admitted(await loaded({ requests: 2 ** 32 - 1, burst: 2 ** 32 - 1, perMs: 86_400_000 }), 50),
      50,
    );
  });
});

describe('a sliding window', () => {
  const sliding = { algorithm: 'sliding-window', burst: undefined };

  test('admits no more than its requests in any period, and hardly less, over all workers together', async () => {
    const perMs = 10_000;
    for (const requests of [1, 20, 300]) {
      const sim = await loaded({ ...sliding, requests, perMs }, { workers: 3 });
      const log: number[] = [];
      let tooEarly = 0;
      for (let ms = 0, index = 0; ms < 45_000; index++) {
        const step = (index * 7919) % 67;
        sim.advance(step);
        ms += step;
        const passed = (await admitted(sim, 1)) === 1;
        const within = (period: number) => log.filter((at) => at > ms - period).length;
        if (passed) assert.ok(within(perMs) < requests, `more than ${requests} in the period before ${ms} ms`);
        else if (within(perMs * 1.01) < requests) tooEarly++;
        if (passed) log.push(ms);
      }
      assert.equal(tooEarly, 0);
    }
  });

  test('keeps at most 130 moments of a key', async () => {
    const sim = await loaded({ ...sliding, requests: 100_000, perMs: 10_000, keysMax: 1 });
    for (let index = 0; index < 2000; index++) {
      sim.advance(7);
      await sim.request();
    }
    const largest = Math.max(...[...sim.sharedData.values()].map(({ value }) => value.length));
    assert.ok(largest > 1000 && largest < 16 + 24 + 130 * 16, `${largest} bytes`);
  });

  test('has no burst, and no other algorithm is known', async () => {
    await assert.rejects(loaded({ algorithm: 'sliding-window' }), (error: { details?: string[] }) =>
      /limits\[0\]\.burst: is not for a sliding window/.test(String(error.details)),
    );
    await assert.rejects(loaded({ algorithm: 'leaky-bucket' }), (error: { details?: string[] }) =>
      /limits\[0\]\.algorithm: must be "token-bucket" or "sliding-window"/.test(String(error.details)),
    );
  });
});

describe('bounded keys', () => {
  const from = (key: string) => ({ headers: { 'x-key': key } });
  const keyed = (keysMax: number, change: object = {}) =>
    loaded({ key: [{ header: 'x-key' }], requests: 2, perMs: 10_000, keysMax, ...change });

  test('only a key whose budget is whole again gives way; the others share one budget', async () => {
    const sim = await keyed(2);
    assert.equal(await admitted(sim, 3, from('a')), 2);
    assert.equal(await admitted(sim, 1, from('b')), 1);
    // Both places are taken: c and d share one budget of the same size.
    assert.equal(await admitted(sim, 1, from('c')), 1);
    assert.equal(await admitted(sim, 1, from('d')), 1);
    assert.equal(await admitted(sim, 1, from('c')), 0);
    assert.equal(await admitted(sim, 1, from('e')), 0);
    // b is whole after 5 s, a is not: one newcomer gets b's place.
    sim.advance(5000);
    assert.equal(await admitted(sim, 1, from('a')), 1);
    sim.advance(5000);
    assert.equal(await admitted(sim, 2, from('f')), 2);
    assert.equal(await admitted(sim, 2, from('a')), 1);
  });

  test('cycling through keys refills nobody', async () => {
    const sim = await keyed(50);
    assert.equal(await admitted(sim, 5, from('victim')), 2);
    let passed = 0;
    for (let index = 0; index < 500; index++) passed += await admitted(sim, 1, from(`attacker-${index}`));
    assert.equal(passed, 49 + 2);
    assert.equal(await admitted(sim, 5, from('victim')), 0);
  });

  test('a thousand new keys a second for an hour: the shared data stays as large as it is', async () => {
    const sim = await keyed(100);
    const sizes: number[] = [];
    for (let second = 0; second < 60; second++) {
      sim.advance('1m');
      for (let index = 0; index < 100; index++) await sim.request(from(`${second}-${index}`));
      sizes.push([...sim.sharedData.values()].reduce((sum, { value }) => sum + value.length, 0));
    }
    assert.ok(Math.max(...sizes) <= 1000 * 32, `${Math.max(...sizes)} bytes`);
  });
});

describe('calls in flight', () => {
  const { requests: _, perMs: __, burst: ___, ...unlimited } = limit;
  const flight = (concurrent: number, change: object = {}, options = {}) =>
    load(
      'governance',
      { ratelimit: [{ ...policy, limits: [{ ...unlimited, concurrent, ...change }] as never }] },
      options,
    );

  /** Calls that stay with the upstream until they are let go; `passed` says which got there. */
  async function held(sim: Host, requests: object[]) {
    const waiting: (() => void)[] = [];
    sim.setUpstream(() => new Promise((resolve) => waiting.push(() => resolve({ status: 200 }))));
    const answers = requests.map((request) => sim.request(request));
    // Whatever can be answered without the upstream is by now.
    await new Promise((resolve) => setImmediate(resolve));
    sim.setUpstream(() => 200);
    return {
      passed: waiting.length,
      async end() {
        for (const go of waiting) go();
        return (await Promise.all(answers)).map(({ status }) => status);
      },
    };
  }

  const times = (count: number, request: object = {}) => Array.from({ length: count }, () => request);

  test('never more at once than it says, over all workers together, and each end makes room', async () => {
    const sim = await flight(5, {}, { workers: 3 });
    for (let round = 0; round < 3; round++) {
      const calls = await held(sim, times(12));
      assert.equal(calls.passed, 5);
      const refused = await sim.request();
      assert.equal(refused.status, 429);
      assert.equal(refused.header('x-tollgate-reason'), 'concurrency_limited');
      assert.equal(refused.header('retry-after'), '1');
      assert.equal(refused.header('x-ratelimit-limit'), '5');
      assert.equal(refused.header('x-ratelimit-remaining'), '0');
      assert.deepEqual((await calls.end()).sort(), [...times(5).map(() => 200), ...times(7).map(() => 429)]);
    }
    assert.equal(await admitted(sim, 100), 100);
  });

  test('a call that another limit refuses holds no place, nor does a local answer keep one', async () => {
    const limits = [
      { ...unlimited, name: 'flight', concurrent: 1 },
      { ...limit, name: 'rate', requests: 2, perMs: 60_000 },
    ];
    const sim = await load('ratelimit', { ratelimit: [{ ...policy, limits: limits as never }] });
    assert.equal(await admitted(sim, 5), 2);
    sim.advance('60s');
    assert.equal(await admitted(sim, 5), 2);
  });

  test('an upstream that fails gives the place back', async () => {
    const sim = await flight(1);
    sim.setUpstream(() => 503);
    for (let index = 0; index < 5; index++) assert.equal((await sim.request()).status, 503);
  });

  test('calls as long as they like stay counted', async () => {
    const sim = await flight(2, {}, { workers: 2 });
    const calls = await held(sim, times(2));
    sim.advance('1h');
    assert.equal(await admitted(sim, 4), 0);
    await calls.end();
    assert.equal(await admitted(sim, 4), 4);
  });

  test('calls of a VM that is gone are over after ten seconds', async () => {
    const sim = await flight(1);
    const calls = await held(sim, times(1));
    const value = (part: string) => {
      const [, found] = [...sim.sharedData].find(([name]) => Buffer.from(name).toString('latin1').includes(part)) ?? [];
      assert.ok(found);
      return Buffer.from(found.value.buffer, found.value.byteOffset, found.value.length);
    };
    // As if another VM had let it in: its number changes, in the list of those that live too.
    const chain = [...sim.sharedData.values()].map(({ value }) => value).find((bytes) => bytes.length === 56);
    assert.ok(chain);
    const own = Buffer.from(chain.slice(40, 48));
    const list = value('ratelimit vms');
    const at = list.indexOf(own);
    assert.ok(at >= 0);
    list.write('departed', at);
    Buffer.from(chain.buffer, chain.byteOffset).write('departed', 40);
    assert.equal(await admitted(sim, 3), 0);
    sim.advance('9s');
    assert.equal(await admitted(sim, 3), 0);
    sim.advance('2s');
    assert.equal(await admitted(sim, 3), 3);
    await calls.end();
    assert.equal(await admitted(sim, 3), 3);
  });

  test('keys are bounded; newcomers share one budget, and stay there while any call of theirs lasts', async () => {
    const from = (key: string) => ({ headers: { 'x-key': key } });
    const sim = await flight(2, { key: [{ header: 'x-key' }], keysMax: 1 });
    const first = await held(sim, times(3, from('a')));
    assert.equal(first.passed, 2);
    const second = await held(sim, [from('b'), from('c'), from('b'), from('d')]);
    assert.equal(second.passed, 2);
    await first.end();
    // a's place is free, but b has a call in the overflow: it does not begin anew.
    assert.equal((await sim.request(from('b'))).status, 429);
    await second.end();
    const third = await held(sim, times(3, from('b')));
    assert.equal(third.passed, 2);
    await third.end();
  });

  test('two thousand at once, then none', async () => {
    const sim = await flight(2000, {}, { workers: 2 });
    const calls = await held(sim, times(2100));
    assert.equal(calls.passed, 2000);
    await calls.end();
    const again = await held(sim, times(2000));
    assert.equal(again.passed, 2000);
    await again.end();
  });

  test('stands alone', async () => {
    for (const field of [{ requests: 1 }, { perMs: 1000 }, { burst: 1 }, { algorithm: 'token-bucket' }])
      await assert.rejects(flight(1, field), (error: { details?: string[] }) =>
        /limits\[0\]\.\w+: cannot stand beside concurrent/.test(String(error.details)),
      );
  });
});
