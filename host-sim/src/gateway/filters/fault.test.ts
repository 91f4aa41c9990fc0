import assert from 'node:assert/strict';
import test from 'node:test';
import { within } from '../../../../tests/support/wait.js';
import { ManualClock } from '../../process/clock.js';
import { bootstrap } from '../../testing/bootstrap.js';
import { exchange } from '../../testing/raw-client.js';
import { startUpstream } from '../../testing/raw-upstream.js';
import { Gateway } from '../gateway.js';

const FAULT = 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault';
const delay = { fixed_delay: '3s', percentage: { numerator: 100 } };

/** A bootstrap whose chain begins with a fault filter that does this to all requests. */
const withFault = (port: number, fault: object) =>
  JSON.parse(
    JSON.stringify(bootstrap({ endpoints: [port] })).replace(
      '"http_filters":[',
      `"http_filters":[${JSON.stringify({ name: 'fault', typed_config: { '@type': FAULT, ...fault } })},`,
    ),
  ) as object;

const ask = (gateway: Gateway) => exchange(gateway.listeners[0]?.port ?? 0, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');

/** Resolves when somebody asks the clock for a timer of that length. */
const timer = (clock: ManualClock, wantedMs: number) =>
  new Promise<void>((resolve) => {
    const after = clock.after.bind(clock);
    clock.after = (ms, action) => {
      if (ms === wantedMs) resolve();
      return after(ms, action);
    };
  });

for (const [what, more, expected, reached] of [
  ['lets the request go on', {}, /^HTTP\/1\.1 200 /, 1],
  ['gives way to an abort', { abort: { http_status: 429, percentage: { numerator: 100 } } }, /^HTTP\/1\.1 429 /, 0],
] as const) {
  test(`a delay passes with the clock of the gateway, and then ${what}`, async () => {
    const upstream = await startUpstream();
    const clock = new ManualClock();
    const begun = timer(clock, 3000);
    const gateway = await Gateway.start(withFault(upstream.port, { delay, ...more }), { clock });
    const answer = ask(gateway);
    await within('the delay to begin', begun);
    clock.advance('2999ms');
    assert.equal(upstream.seen.length, 0);
    clock.advance('1ms');
    assert.match(await within('the answer', answer), expected);
    assert.equal(upstream.seen.length, reached);
    await gateway.close();
    await upstream.close();
  });
}

test('a part of the requests is drawn anew for each fault', async () => {
  const upstream = await startUpstream();
  const abort = { http_status: 500, percentage: { numerator: 300_000, denominator: 'MILLION' } };
  // The first number of a request is its route's.
  const drawn = [0, 0.29, 0, 0.3];
  const gateway = await Gateway.start(withFault(upstream.port, { abort }), { random: () => drawn.shift() ?? 0 });
  assert.match(await ask(gateway), /^HTTP\/1\.1 500 /);
  assert.match(await ask(gateway), /^HTTP\/1\.1 200 /);
  await gateway.close();
  await upstream.close();
});

test('what a fault filter has beyond that is refused by name', async () => {
  const faults: [object, RegExp][] = [
    [{ response_rate_limit: {} }, /response_rate_limit/],
    [{ max_active_faults: 1 }, /max_active_faults/],
    [{ downstream_nodes: ['a'] }, /downstream_nodes/],
    [{ delay: { header_delay: {} } }, /fixed_delay/],
    [{ abort: { header_abort: {} } }, /http_status or grpc_status/],
  ];
  for (const [fault, expected] of faults) await assert.rejects(Gateway.start(withFault(1, fault)), expected);
});
