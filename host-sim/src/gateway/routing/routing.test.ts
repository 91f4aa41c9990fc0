import assert from 'node:assert/strict';
import test from 'node:test';
import { until, within } from '../../../../tests/support/wait.js';
import { ManualClock } from '../../process/clock.js';
import { bootstrap } from '../../testing/bootstrap.js';
import { ManualServer } from '../../testing/manual-server.js';
import { exchange } from '../../testing/raw-client.js';
import { startUpstream } from '../../testing/raw-upstream.js';
import { Gateway, type GatewayOptions } from '../gateway.js';

const own = 'inbound/default/vendors/8080';

/** A gateway whose one route has this action; its clusters are `own` and, at the second port, `callout`. */
function start(ports: [number, number], action: object, options: GatewayOptions): Promise<Gateway> {
  const text = JSON.stringify(bootstrap({ endpoints: [ports[0]], callout: ports[1] }));
  return Gateway.start(JSON.parse(text.replace(/"route":\{[^}]*\}/, `"route":${JSON.stringify(action)}`)), options);
}

const ask = (gateway: Gateway, path = '/') =>
  exchange(gateway.listeners[0]?.port ?? 0, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);

test('where weights add up to 100, the number that chooses the cluster draws percents that are mirrored', async () => {
  const [one, two] = [await startUpstream(), await startUpstream()];
  const mirrors = [{ cluster: 'callout', runtime_fraction: { default_value: { numerator: 25 } } }];
  const drawn = [0.25, 0.24];
  const clusters = [
    { name: own, weight: 60 },
    { name: own, weight: 40 },
  ];
  const action = { weighted_clusters: { clusters }, request_mirror_policies: mirrors };
  const gateway = await start([one.port, two.port], action, { random: () => drawn.shift() ?? 0 });
  await ask(gateway, '/first');
  await ask(gateway, '/second');
  await until('the mirrored request', () => two.seen.length > 0);
  assert.deepEqual(
    two.seen.map((request) => request.split(' ')[1]),
    ['/second'],
  );
  await gateway.close();
  await Promise.all([one.close(), two.close()]);
});

test('a retry tells the upstream how much of the whole time is left', async () => {
  const server = await ManualServer.start();
  const clock = new ManualClock();
  const action = { cluster: own, timeout: '15s', retry_policy: { retry_on: '5xx' } };
  const gateway = await start([server.port, 1], action, { clock });
  const answer = ask(gateway);
  const tried = async () => {
    await until('the request to reach the upstream', () => server.spoken && server.seen.endsWith('\r\n\r\n'));
    return /x-envoy-expected-rq-timeout-ms: (\d+)/i.exec(server.seen)?.[1];
  };
  assert.equal(await tried(), '15000');
  clock.advance('2s');
  server.seen = '';
  server.say('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
  assert.equal(await tried(), '13000');
  server.say('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  assert.match(await within('the answer', answer), /^HTTP\/1\.1 200 /);
  await gateway.close();
  await server.close();
});
