import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { type Application, startApplication } from '../support/application.js';
import { document, file, loopback, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { freePorts } from '../support/ports.js';
import { rawHttp } from '../support/raw-http.js';

/** What Envoy's router obeys or reports, so what no client may write. */
const internal = [
  'x-envoy-original-path',
  'x-envoy-original-host',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-retry-on',
  'x-envoy-max-retries',
  'x-envoy-retry-grpc-on',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-internal',
  'x-envoy-force-trace',
  'x-envoy-ip-tags',
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-hedge-on-per-try-timeout',
  'x-envoy-attempt-count',
  'x-envoy-is-timeout-retry',
  'x-envoy-original-dst-host',
  'x-envoy-original-method',
];
/** Not loopback, so what another machine would reach. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal: own }) => family === 'IPv4' && !own)?.address;

describe('what the emitter sets that Envoy leaves open', () => {
  let application: Application;
  const proxies: GovernedEnvoy[] = [];
  let provider = 0;
  let consumer = 0;
  let admin = 0;
  before(async () => {
    application = await startApplication();
    [provider = 0, consumer = 0, admin = 0] = await freePorts(3);
    const policies = file(
      document('Service', 'orders', '{}'),
      document('Service', 'vendors', `{ instances: [${loopback(provider)}] }`),
      vendorsNode({ listen: provider, to: application.port, admin }),
      document('Node', 'orders-1', `{ services: [orders], outbound: { listen: ${loopback(consumer)} } }`),
      document(
        'AccessPolicy',
        'banned',
        '{ side: both, rules: [{ name: own, allow: [127.0.0.1], deny: [6.6.6.0/24] }] }',
      ),
    );
    for (const node of ['vendors-1', 'orders-1']) proxies.push(await startGoverned({ policies, node }));
  });
  after(async () => {
    await Promise.all(proxies.map(({ envoy }) => envoy.stop()));
    await application?.close();
  });

  /** What the application received of a call. */
  async function received(port: number, headers: [string, string][], path = '/own') {
    const answer = await rawHttp({ port, path, headers });
    assert.equal(answer.status, 200, answer.body);
    const seen = application.seen.at(-1);
    assert.ok(seen);
    return {
      path: seen.path,
      values: (name: string) => seen.headers.filter(([key]) => key === name).map(([, value]) => value),
    };
  }

  for (const [side, port] of [
    ['provider', () => provider],
    ['consumer', () => consumer],
  ] as const) {
    test(`${side}: a client’s x-envoy-* headers do not reach the application`, async () => {
      const { values } = await received(
        port(),
        internal.map((name) => [name, '17']),
      );
      // Envoy writes some of them itself: what counts is that none is the client's.
      assert.deepEqual(
        internal.filter((name) => values(name).includes('17')),
        [],
      );
    });

    test(`${side}: Envoy has the last word in x-forwarded-for, and the peer decides, whatever the client wrote there`, async () => {
      const { values } = await received(port(), [['x-forwarded-for', '6.6.6.6']]);
      // Envoy: for a peer on loopback it writes the machine's own address.
      const [claimed, ...appended] = values('x-forwarded-for').join(',').split(',');
      assert.equal(claimed, '6.6.6.6');
      assert.equal(appended.length, side === 'provider' ? 1 : 2, 'one of each proxy on the way');
      for (const address of appended) assert.ok(address === '127.0.0.1' || address === outside, address);
      assert.deepEqual(
        values('x-envoy-external-address').filter((value) => value.includes('6.6.6.6')),
        [],
      );
      const denied = await rawHttp({
        port: port(),
        path: '/own',
        from: '127.0.0.7',
        headers: [['x-forwarded-for', '127.0.0.1']],
      });
      assert.equal(denied.status, 403, 'a listed address in the header opens nothing');
    });
  }

  test('filters and application mean the same path', async () => {
    assert.equal((await received(provider, [], '/a/../own//x/%2e/y')).path, '/own/x/y');
    for (const path of ['/own%2fx', '/own%5Cx', '/own\\..\\x%2F']) {
      const { status } = await fetchText(`http://127.0.0.1:${provider}`, { path });
      assert.equal(status, 400, path);
    }
  });

  test('the id of a call stays the same from hop to hop', async () => {
    const { values } = await received(consumer, [['x-request-id', 'call-17']]);
    assert.deepEqual(values('x-request-id'), ['call-17']);
  });

  test('the admin interface listens on loopback only, and only where a node asks for it', async (context) => {
    assert.equal((await fetchText(`http://127.0.0.1:${admin}/ready`)).status, 200);
    assert.deepEqual(
      proxies.map(({ bootstrap }) => bootstrap.admin?.address?.socket_address?.address),
      ['127.0.0.1', undefined],
    );
    if (!outside) return context.skip('this machine has no address but loopback');
    await assert.rejects(fetchText(`http://${outside}:${admin}/ready`), { code: 'ECONNREFUSED' });
  });
});
