import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { modulePath } from '@tollgate/filters';
import { Host, type HostOptions, type SimStream } from '@tollgate/host-sim';
import { load, policy } from './load.js';

const trip = { requestsMin: 20 };
const opened = 'tollgate.breaker.opened';

/** A breaker that opens after three failures in a row, for ten seconds, unless it is said otherwise. */
function loaded(change: object = {}, options: HostOptions = {}, mode: object = {}): Promise<Host> {
  const breaker = {
    ...{ name: 'b', windowMs: 30_000, trip: { ...trip, consecutiveFailures: 3 } },
    ...{
      failures: { statuses: ['5xx'], grpc: [], resets: true },
      open: { forMs: 10_000, forMaxMs: 60_000 },
      probes: 1,
    },
    ...change,
  };
  return load('breaker', { breaker: [{ ...policy, ...mode, breakers: [breaker as never] }] }, options);
}

/** Statuses of so many calls, the upstream answering as it is told. */
async function calls(sim: Host, count: number, status = 200, request: object = {}): Promise<number[]> {
  sim.setUpstream(() => status);
  const seen: number[] = [];
  for (let index = 0; index < count; index++) seen.push((await sim.request(request)).status);
  return seen;
}

const refused = async (sim: Host) => (await sim.request()).header('x-tollgate-reason') === 'breaker_open';
const lines = (sim: Host) =>
  sim.logs.filter(({ message }) => message.includes('breaker p/b')).map(({ message }) => message);

describe('what opens it', () => {
  test('failures in a row, over all workers: the very next call is refused on any of them', async () => {
    const sim = await loaded({}, { workers: 4 });
    assert.deepEqual(await calls(sim, 2, 500), [500, 500]);
    assert.deepEqual(await calls(sim, 1), [200]);
    assert.deepEqual(await calls(sim, 3, 503), [503, 503, 503]);
    for (let worker = 0; worker < 4; worker++) {
      const answer = await sim.request({ worker });
      assert.equal(answer.status, 503);
      assert.equal(answer.upstream, undefined);
      assert.equal(answer.header('retry-after'), '10');
      assert.deepEqual(JSON.parse(answer.body), {
        ...{ error: 'service_unavailable', reason: 'breaker_open', filter: 'breaker', rule: 'p/b' },
        requestId: answer.body.match(/"requestId":"([^"]*)"/)?.[1],
      });
    }
    assert.equal(sim.metric(opened), 1);
    assert.match(lines(sim).join(), /breaker p\/b for default\/vendors opened for 10000 ms: 3 failures in a row/);
  });

  test('the share of failures in the window, once there are enough calls', async () => {
    const sim = await loaded({ trip: { failurePercent: 50, requestsMin: 10 } });
    await calls(sim, 5);
    await calls(sim, 4, 500);
    assert.equal(sim.metric(opened), 0);
    await calls(sim, 1, 500);
    assert.equal(await refused(sim), true);
    assert.match(lines(sim).join(), /5 of 10 calls failed within 30000 ms/);
  });

  test('what lies before the window does not count', async () => {
    const sim = await loaded({ trip: { failurePercent: 50, requestsMin: 10 } });
    await calls(sim, 9, 500);
    sim.advance('31s');
    await calls(sim, 9, 500);
    assert.equal(await refused(sim), false);
  });

  test('a window of two hours', async () => {
    const sim = await loaded({ windowMs: 7_200_000, trip: { failurePercent: 100, requestsMin: 10 } });
    for (let index = 0; index < 9; index++) {
      await calls(sim, 1, 500);
      sim.advance('10m');
    }
    const sizes = [...sim.sharedData.values()].map(({ value }) => value.length);
    await calls(sim, 1, 500);
    assert.equal(await refused(sim), true);
    assert.deepEqual(
      [...sim.sharedData.values()].map(({ value }) => value.length),
      sizes,
    );
  });

  test('slow calls, by the monotonic clock', async () => {
    const sim = await loaded({ trip: { slowPercent: 80, slowAfterMs: 800, requestsMin: 5 } });
    const slow = (ms: number) =>
      sim.setUpstream(() => {
        sim.advance(ms);
        sim.stepWall(-3_600_000);
        return 200;
      });
    slow(799);
    for (let index = 0; index < 5; index++) await sim.request();
    assert.equal(sim.metric(opened), 0);
    slow(800);
    for (let index = 0; index < 20; index++) if ((await sim.request()).status === 503) break;
    assert.equal(sim.metric(opened), 1);
    assert.match(lines(sim).join(), /calls took 800 ms or longer within 30000 ms/);
  });

  test('only the statuses that it names, and what is written as percent to the hundredth', async () => {
    const sim = await loaded({ failures: { statuses: ['429', '50x'.replace('x', '4')], grpc: [], resets: false } });
    await calls(sim, 10, 503);
    assert.equal(await refused(sim), false);
    await calls(sim, 2, 429);
    await calls(sim, 1, 504);
    assert.equal(await refused(sim), true);
  });

  test('a gRPC status without a body, and in what looks like HTTP success', async () => {
    const sim = await loaded({ failures: { statuses: [], grpc: [14], resets: false } });
    const grpc = { 'content-type': 'application/grpc' };
    sim.setUpstream(() => ({ headers: { ...grpc, 'grpc-status': '5' } }));
    for (let index = 0; index < 5; index++) await sim.request({ method: 'POST', headers: grpc });
    sim.setUpstream(() => ({ headers: { ...grpc, 'grpc-status': '14' } }));
    for (let index = 0; index < 3; index++) await sim.request({ method: 'POST', headers: grpc });
    const answer = await sim.request({ method: 'POST', headers: grpc });
    assert.equal(answer.upstream, undefined);
    assert.equal(answer.status, 200);
    assert.equal(answer.header('grpc-status'), '14');
    assert.equal(answer.header('grpc-message'), 'breaker_open');
    assert.equal(answer.header('x-tollgate-reason'), 'breaker_open');
  });
});

describe('half open', () => {
  const broken = async (change: object = {}, options: HostOptions = {}) => {
    const sim = await loaded(change, options);
    await calls(sim, 3, 500);
    return sim;
  };

  test('that many probes that succeed close it, and the counts begin anew', async () => {
    const sim = await broken({ probes: 2 });
    sim.advance(9_999);
    assert.equal(await refused(sim), true);
    sim.advance(1);
    assert.deepEqual(await calls(sim, 2), [200, 200]);
    assert.equal(sim.metric('tollgate.breaker.half_opened'), 1);
    assert.equal(sim.metric('tollgate.breaker.closed'), 1);
    assert.deepEqual(await calls(sim, 4, 500), [500, 500, 500, 503]);
  });

  test('one failure opens it again, for twice as long each time, up to the longest', async () => {
    const sim = await broken({ probes: 3 });
    for (const seconds of [20, 40, 60, 60]) {
      sim.advance('60s');
      assert.deepEqual(await calls(sim, 1), [200]);
      assert.deepEqual(await calls(sim, 1, 500), [500]);
      assert.equal((await sim.request()).header('retry-after'), String(seconds));
    }
    sim.advance('60s');
    await calls(sim, 3);
    await calls(sim, 3, 500);
    assert.equal((await sim.request()).header('retry-after'), '10');
  });

  test('no more probes at a time than it says', async () => {
    const sim = await broken({ probes: 2 }, { workers: 3 });
    sim.advance('10s');
    let inside = 0;
    let most = 0;
    const answers: (() => void)[] = [];
    sim.setUpstream(async () => {
      most = Math.max(most, ++inside);
      await new Promise<void>((resolve) => answers.push(resolve));
      inside--;
      return 200;
    });
    const sent = Array.from({ length: 10 }, () => sim.request());
    for (const _ of sent) await Promise.resolve();
    for (const answer of answers) answer();
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    assert.equal(most, 2);
    assert.deepEqual(statuses.sort(), [200, 200, ...Array(8).fill(503)]);
    assert.equal(sim.metric('tollgate.breaker.closed'), 1);
  });

  test('a probe of which nothing is heard any more holds its place for a while, not for ever', async () => {
    const sim = await broken();
    sim.advance('10s');
    sim.setUpstream(() => {
      throw new Error('lost');
    });
    await assert.rejects(sim.request(), /lost/);
    const answer = await sim.request();
    assert.equal(answer.header('retry-after'), '10');
    sim.advance('10s');
    assert.deepEqual(await calls(sim, 2), [200, 200]);
  });

  test('outcomes of calls that began before it opened change nothing', async () => {
    const sim = await loaded();
    let answer = (_: number) => {};
    sim.setUpstream(
      () =>
        new Promise<number>((resolve) => {
          answer = resolve;
        }),
    );
    const late = sim.request();
    await Promise.resolve();
    await calls(sim, 3, 500);
    sim.advance('10s');
    answer(500);
    assert.equal((await late).status, 500);
    assert.deepEqual(await calls(sim, 2), [200, 200]);
    assert.equal(sim.metric(opened), 1);
  });
});

describe('what a caller does says nothing of the upstream', () => {
  const slowTrip = { trip: { slowPercent: 50, slowAfterMs: 800, requestsMin: 3 } };
  const post = { method: 'POST' };
  const slowUpstream = (sim: Host) => sim.setUpstream(() => new Promise(() => {}));

  test('requests whose body never comes, left after a while, are neither slow nor failures', async () => {
    const sim = await loaded(slowTrip);
    for (let count = 0; count < 10; count++) {
      const call = sim.open(post);
      if (count % 2) call.send('half');
      sim.advance(900);
      call.reset();
    }
    assert.deepEqual(await calls(sim, 3), [200, 200, 200]);
    assert.equal(sim.metric(opened), 0);
  });

  test('nor is a call that its caller left before the answer', async () => {
    const sim = await loaded(slowTrip);
    slowUpstream(sim);
    for (let count = 0; count < 10; count++) {
      const call = sim.open().end();
      sim.advance(900);
      call.reset();
    }
    assert.deepEqual(await calls(sim, 3), [200, 200, 200]);
    assert.equal(sim.metric(opened), 0);
  });

  for (const [what, ends] of [
    ['a body', (call: SimStream) => call.send('body', { end: true })],
    ['nothing more', (call: SimStream) => call.end()],
    ['trailers', (call: SimStream) => call.send('body').end({ 'x-sum': '1' })],
  ] as const) {
    test(`the time of a request that ends late with ${what} runs from its end`, async () => {
      const sim = await loaded(slowTrip);
      const upload = async (tookMs: number) => {
        sim.setUpstream(() => {
          sim.advance(tookMs);
          return 200;
        });
        const call = sim.open(post);
        sim.advance(5000);
        assert.equal((await ends(call).response).status, 200);
      };
      for (let count = 0; count < 5; count++) await upload(799);
      assert.equal(sim.metric(opened), 0);
      for (let count = 0; count < 5 && !sim.metric(opened); count++) await upload(800);
      assert.equal(sim.metric(opened), 1);
    });
  }

  const halfOpen = async (change: object = {}) => {
    const sim = await loaded({ trip: { ...trip, consecutiveFailures: 1 }, ...change }, { workers: 2 });
    await calls(sim, 1, 500);
    sim.advance('10s');
    sim.setUpstream(() => 200);
    return sim;
  };

  test('bodies that never come hold no probe against a request that is complete', async () => {
    const sim = await halfOpen({ probes: 2 });
    const dawdling = Array.from({ length: 5 }, () => sim.open(post));
    assert.deepEqual(
      dawdling.map(({ answer }) => answer?.status),
      [undefined, undefined, 503, 503, 503],
    );
    assert.deepEqual(await calls(sim, 2), [200, 200]);
    assert.equal(sim.metric('tollgate.breaker.closed'), 1);
  });

  test('nor against another body, after half a second', async () => {
    const sim = await halfOpen();
    const dawdling = sim.open(post);
    sim.advance(499);
    assert.equal((await sim.request({ ...post, body: 'x' })).header('retry-after'), '1');
    sim.advance(1);
    assert.equal((await sim.request({ ...post, body: 'x' })).status, 200);
    assert.equal(sim.metric('tollgate.breaker.closed'), 1);
    // It comes to its end after all, in a phase that is over.
    assert.equal((await dawdling.end().response).status, 200);
  });

  test('a probe that comes to its end keeps its place while the upstream works', async () => {
    const sim = await halfOpen();
    slowUpstream(sim);
    const probe = sim.open(post);
    sim.advance(400);
    probe.send('body', { end: true });
    sim.advance(9_999);
    assert.equal((await sim.request()).header('retry-after'), '1');
    probe.reset();
    assert.deepEqual(await calls(sim, 2), [200, 200]);
  });

  test('the answer to a body that came late counts, though its place was given away', async () => {
    const sim = await halfOpen();
    const probe = sim.open(post);
    sim.advance('3s');
    assert.equal((await probe.end().response).status, 200);
    assert.equal(sim.metric('tollgate.breaker.closed'), 1);
  });
});

test('a probe that another breaker refuses gives its place back', async () => {
  const of = (name: string, forMs: number, path: string) => ({
    ...{ name, match: [{ path: { prefix: path } }], windowMs: 30_000, trip: { ...trip, consecutiveFailures: 1 } },
    ...{ failures: { statuses: ['5xx'], grpc: [], resets: true }, open: { forMs, forMaxMs: 60_000 }, probes: 1 },
  });
  const sim = await load('breaker', {
    breaker: [{ ...policy, breakers: [of('short', 1000, '/'), of('long', 9000, '/a')] }],
  });
  await calls(sim, 1, 500, { path: '/a' });
  sim.advance('1s');
  assert.equal(JSON.parse((await sim.request({ path: '/a' })).body).rule, 'p/long');
  assert.deepEqual(await calls(sim, 2), [200, 200]);
});

describe('what a call costs while it is closed', () => {
  const asked = async (sim: Host, request: object = {}) => {
    const { trace } = await sim.request(request);
    return ['get_shared_data', 'set_shared_data'].map((name) => trace.filter((line) => line.includes(name)).length);
  };

  test('with a window one write, which no other worker wrote in between', async () => {
    const sim = await loaded({ trip: { failurePercent: 50, requestsMin: 10 } }, { workers: 2 });
    await calls(sim, 2, 200, { worker: 0 });
    assert.deepEqual(await asked(sim, { worker: 0 }), [0, 1]);
    await calls(sim, 1, 200, { worker: 1 });
    assert.deepEqual(await asked(sim, { worker: 0 }), [1, 2]);
  });

  test('without a window nothing shared, until a failure on any worker', async () => {
    const sim = await loaded({}, { workers: 2 });
    await calls(sim, 2, 200, { worker: 0 });
    assert.deepEqual(await asked(sim, { worker: 0 }), [0, 0]);
    await calls(sim, 1, 500, { worker: 1 });
    sim.setUpstream(() => 200);
    // Sees that there was a failure, and ends the row.
    assert.deepEqual((await asked(sim, { worker: 0 }))[1], 1);
    await calls(sim, 2, 500, { worker: 1 });
    assert.equal(await refused(sim), false);
  });

  test('the end of a body asks for nothing shared, but for a probe', async () => {
    const sim = await loaded();
    await calls(sim, 2);
    assert.deepEqual(await asked(sim, { method: 'POST', body: ['a', 'b'] }), [0, 0]);
    await calls(sim, 3, 500);
    sim.advance('10s');
    sim.setUpstream(() => 200);
    // The place, the end of the body, the outcome.
    assert.deepEqual(await asked(sim, { method: 'POST', body: ['a', 'b'] }), [3, 3]);
  });

  test('a change that was never counted is seen after a second', async () => {
    const sim = await loaded({});
    await calls(sim, 2);
    sim.advance('1s');
    assert.deepEqual(await asked(sim), [1, 0]);
  });
});

describe('answers and modes', () => {
  test('a fallback with status, headers and body; a gRPC caller gets the status', async () => {
    const fallback = {
      status: 200,
      headers: { 'content-type': 'application/json', 'x-a': '' },
      body: '{"vendors":[]}',
    };
    const sim = await loaded({ fallback });
    await calls(sim, 3, 500);
    const answer = await sim.request();
    assert.equal(answer.status, 200);
    assert.equal(answer.body, '{"vendors":[]}');
    assert.equal(answer.header('content-type'), 'application/json');
    assert.equal(answer.header('x-tollgate-reason'), 'breaker_open');
    const grpc = await sim.request({ method: 'POST', headers: { 'content-type': 'application/grpc' } });
    assert.equal(grpc.header('grpc-status'), '14');
    assert.equal(sim.metric('tollgate.breaker.breaker_open'), 2);
  });

  test('its own answers are no failures', async () => {
    const sim = await loaded({ fallback: { status: 503 } });
    await calls(sim, 3, 500);
    await calls(sim, 50, 500);
    assert.equal(sim.metric(opened), 1);
    sim.advance('10s');
    assert.deepEqual(await calls(sim, 2), [200, 200]);
  });

  test('a shadow opens and closes, and refuses nobody', async () => {
    const sim = await loaded({}, {}, { mode: 'shadow' });
    assert.deepEqual(await calls(sim, 5, 500), [500, 500, 500, 500, 500]);
    assert.equal(sim.metric(opened), 1);
    assert.equal(sim.metric('tollgate.breaker.breaker_open.shadow'), 2);
    assert.ok(sim.logs.some(({ message }) => message.includes('shadow breaker p/b breaker_open')));
  });

  test('a percentage refuses that share of the callers', async () => {
    const sim = await loaded({}, {}, { mode: { percent: 40 } });
    await calls(sim, 3, 500);
    let passed = 0;
    for (let index = 0; index < 200; index++)
      passed += Number((await sim.request({ peer: `10.0.${index % 7}.${index}:1` })).status !== 503);
    assert.ok(passed > 90 && passed < 150, `${passed} of 200 passed`);
  });

  test('only the calls that match count and are refused', async () => {
    const sim = await loaded({ match: [{ path: { prefix: '/pay' } }] });
    await calls(sim, 5, 500);
    await calls(sim, 3, 500, { path: '/pay' });
    assert.deepEqual(await calls(sim, 1, 200, { path: '/pay' }), [503]);
    assert.deepEqual(await calls(sim, 1), [200]);
  });

  test('a state that is gone or torn lets calls pass', async () => {
    const sim = await loaded();
    await calls(sim, 3, 500);
    for (const torn of [0, 7, 55, 64]) {
      for (const entry of sim.sharedData.values()) Object.assign(entry, { value: new Uint8Array(torn).fill(torn) });
      assert.deepEqual(await calls(sim, 2, 500), [500, 500]);
    }
  });
});

test('a mistake in the configuration is named by its place', async () => {
  const refusals: [object, RegExp][] = [
    [{ trip: {} }, /breakers\[0\]\.trip: needs one of consecutiveFailures/],
    [{ trip: { slowPercent: 5 } }, /trip: needs slowPercent and slowAfterMs together/],
    [{ failures: { statuses: ['6xx'] } }, /statuses\[0\]: must be a status/],
    [{ failures: { grpc: [17] } }, /grpc\[0\]: must be a whole number from 1 to 16/],
    [{ open: { forMs: 10, forMaxMs: 5 } }, /open: forMaxMs must not be less/],
    [{ probes: 0 }, /probes: must be a whole number from 1 to 100/],
    [{ windowMs: 7_200_001 }, /windowMs: must be a whole number/],
    [{ fallback: { headers: { 'x-tollgate-reason': 'x' } } }, /x-tollgate-reason: is not a header that a fallback/],
    [{ fallback: { headers: { a: 'b\r\nc: d' } } }, /headers\.a: must be printable ASCII/],
    [{ key: ['route'] }, /key: is an unknown field/],
  ];
  for (const [change, message] of refusals) await assert.rejects(loaded(change), message);
});

test('the end of a call costs the same among two hundred targets as alone', async () => {
  const steps = async (targets: number) => {
    const breaker = [{ ...policy, breakers: [{ name: 'b', trip: { consecutiveFailures: 3 } }] }];
    const config = {
      side: 'consumer',
      service: 'orders',
      targets: Array.from({ length: targets }, (_, index) => ({ service: `default/s${index}`, breaker })),
    };
    const properties = { 'xds.virtual_host_name': `default/s${targets - 1}` };
    const sim = await Host.load(modulePath('breaker'), { config, properties });
    let answered = 0;
    sim.setUpstream(() => {
      answered = sim.stepsTaken;
      return 200;
    });
    await sim.request();
    await sim.request();
    return sim.stepsTaken - answered;
  };
  assert.equal(await steps(200), await steps(1));
});
