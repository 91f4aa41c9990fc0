import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../support/wait.js';
import { example, startStage } from './stage.js';
import { startStoppedServer } from './stopped-server.js';

const host = 'backend-service';
const services = [{ name: 'backend-service', versions: ['v1', 'v1'] }];
const connections = example('connections');
const failing = { status: 500, headers: [], body: 'broken' };
const cluster = 'cluster\\.outbound/default/backend-service/80\\.';

describe('connections: bounds and ejection, in Envoy', { concurrency: 2 }, () => {
  test('an instance that fails ten times in a row is asked no more', async (context) => {
    const { call, applications } = await startStage(context, 'envoy', { policies: connections, services });
    const [first, second] = applications;
    first?.answerWith(failing);
    for (let count = 0; count < 40; count++) await call({ host });
    assert.equal(first?.seen.length, 10);
    assert.equal(second?.seen.length, 30);
    for (let count = 0; count < 10; count++) assert.equal((await call({ host })).status, 200);
  });

  test('half of the instances at most are ejected', async (context) => {
    const { call, applications, stat } = await startStage(context, 'envoy', { policies: connections, services });
    for (const application of applications) application.answerWith(failing);
    for (let count = 0; count < 40; count++) assert.equal((await call({ host })).status, 500);
    assert.equal(await stat(`${cluster}outlier_detection\\.ejections_active$`), 1);
    assert.ok(
      applications.some(({ seen }) => seen.length === 30),
      'one of the two was asked to the end',
    );
  });

  test('it is asked again after its time, 100 ms in place of 30 s', async (context) => {
    const policies = connections
      .replace('interval: 5s', 'interval: 50ms')
      .replace('baseEjectionTime: 30s', 'baseEjectionTime: 100ms');
    const { call, applications, stat } = await startStage(context, 'envoy', { policies, services });
    const [first] = applications;
    first?.answerWith(failing);
    const ejected = () => stat(`${cluster}outlier_detection\\.ejections_enforced_total$`);
    await until('the instance that fails to be ejected', async () => {
      await call({ host });
      return (await ejected()) > 0;
    });
    first?.answerWith(undefined);
    const before = first?.seen.length ?? 0;
    await until('the instance to be asked again', async () => {
      assert.equal((await call({ host })).status, 200);
      return (first?.seen.length ?? 0) > before;
    });
  });

  test('a call beyond the bounds is answered 503 for overflow, one connection and one that waits in place of 100 and 1024', async (context) => {
    const policies = connections
      .replace('maxConnections: 100', 'maxConnections: 1')
      .replace('http1MaxPendingRequests: 1024', 'http1MaxPendingRequests: 1');
    const { call, applications, stat } = await startStage(context, 'envoy', {
      policies,
      services: [{ name: 'backend-service', versions: ['v1'] }],
    });
    const [application] = applications;
    const held = call({ host, headers: [['x-hold', 'yes']] });
    await application?.arrived(1);
    const waiting = call({ host });
    await until('the second call to wait', async () => (await stat(`${cluster}upstream_rq_pending_active$`)) === 1);
    const refused = await call({ host });
    assert.equal(refused.status, 503);
    assert.match(refused.body, /reset reason: overflow$/);
    assert.equal(await stat(`${cluster}upstream_rq_pending_overflow$`), 1);
    application?.release();
    assert.deepEqual([(await held).status, (await waiting).status], [200, 200]);
  });

  test('a connection that does not come about within 30 ms is given up', async (context) => {
    const port = await startStoppedServer(context);
    let connectTimeout: string | undefined;
    const { call, stat } = await startStage(context, 'envoy', {
      policies: connections,
      services: [{ name: 'backend-service', versions: ['v1'] }],
      adapt: (text) => {
        connectTimeout = /"name":"outbound\/default\/backend-service\/80".*?"connect_timeout":"([^"]+)"/.exec(
          text,
        )?.[1];
        return withInstancesAt(text, port);
      },
    });
    const { status, body } = await call({ host });
    assert.equal(status, 503);
    assert.match(body, /connection timeout/);
    assert.equal(await stat(`${cluster}upstream_cx_connect_timeout$`), 1);
    // Were it another time, it would have been the same answer, later.
    assert.equal(connectTimeout, '0.03s');
  });
});

/** The bootstrap with all instances of clusters at one port. */
function withInstancesAt(bootstrap: string, port: number): string {
  const replaced = JSON.parse(bootstrap, (key, value) =>
    key === 'load_assignment'
      ? JSON.parse(JSON.stringify(value).replaceAll(/"port_value":\d+/g, `"port_value":${port}`))
      : value,
  );
  return JSON.stringify(replaced);
}
