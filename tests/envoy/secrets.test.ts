import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signToken, tokenDate } from '@tollgate/model';
import { stringify } from 'yaml';
import { type Application, startApplication } from '../support/application.js';
import { document, file, loopback, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { freePorts } from '../support/ports.js';
import { secretTraces } from '../support/secret-traces.js';

const current = 'Str0ng-secret/of orders+"now"';
const previous = 'last-months-secret-of-orders';
const token =
  '{ targetRefs: [{ kind: Service, name: vendors }], systems: [{ id: orders, service: orders, secrets: [{ env: ORDERS_SECRET }, { file: old.secret }] }] }';

describe('secrets stay in the environment', () => {
  let application: Application;
  const proxies: GovernedEnvoy[] = [];
  const [provider, consumer, providerAdmin, consumerAdmin] = [0, 1, 2, 3];
  let ports: number[] = [];
  const url = (index: number, path: string) => `http://127.0.0.1:${ports[index]}${path}`;

  before(async () => {
    application = await startApplication();
    ports = await freePorts(4);
    const policies = file(
      document('Service', 'orders', '{}'),
      document('Service', 'vendors', `{ instances: [${loopback(ports[provider] ?? 0)}] }`),
      vendorsNode({ listen: ports[provider] ?? 0, to: application.port, admin: ports[providerAdmin] ?? 0 }),
      document(
        'Node',
        'orders-1',
        `{ services: [orders], outbound: { listen: ${loopback(ports[consumer] ?? 0)} }, admin: ${loopback(ports[consumerAdmin] ?? 0)} }`,
      ),
      document('TokenPolicy', 'vendors-token', token),
    );
    const secrets = { env: { ORDERS_SECRET: current }, secretFiles: { 'old.secret': previous } };
    for (const node of ['vendors-1', 'orders-1'])
      proxies.push(await startGoverned({ policies, node, ...secrets, filterLogLevel: 'debug' }));
  });
  after(async () => {
    await Promise.all(proxies.map(({ envoy }) => envoy.stop()));
    await application?.close();
  });

  const signed = (secret: string) => {
    const date = tokenDate(new Date(), 'day');
    return ['orders', date, signToken('hmac-sha256', secret, { system: 'orders', date }).digest].join('.');
  };

  const answers: string[] = [];
  async function call(index: number, headers: Record<string, string>): Promise<number> {
    const answer = await fetchText(url(index, '/vendors/7'), { headers });
    answers.push(JSON.stringify(answer.headers), answer.text);
    return answer.status;
  }

  test('both secrets are in use: the tokens of either pass, and a signed call goes through both proxies', async () => {
    assert.equal(await call(provider, { 'x-tollgate-token': signed(current) }), 200);
    assert.equal(await call(provider, { 'x-tollgate-token': signed(previous) }), 200);
    assert.equal(await call(consumer, { host: 'vendors' }), 200);
    assert.equal(application.seen.length, 3);
  });

  test('refusals say why, and nothing of the secret', async () => {
    assert.equal(await call(provider, {}), 401);
    assert.equal(await call(provider, { 'x-tollgate-token': signed('wrong') }), 401);
    assert.equal(await call(provider, { 'x-tollgate-token': 'orders.20261121.zz' }), 401);
    assert.equal(await call(provider, { 'x-tollgate-token': signed(current).replace('orders.', 'nobody.') }), 401);
  });

  for (const path of [
    '/config_dump',
    '/config_dump?include_eds',
    '/server_info',
    '/stats',
    '/clusters?format=json',
    '/runtime',
    '/init_dump',
  ]) {
    test(`not in ${path}`, async () => {
      for (const admin of [providerAdmin, consumerAdmin]) {
        const { status, text } = await fetchText(url(admin, path));
        assert.equal(status, 200);
        if (path.startsWith('/config_dump')) assert.ok(text.includes('"ORDERS_SECRET"'), 'the variable is named there');
        for (const secret of [current, previous]) assert.deepEqual(secretTraces(text, secret), []);
      }
    });
  }

  test('not in the bootstrap, the logs, the answers, or what the application received', () => {
    const seen = [
      ...proxies.map(({ bootstrap }) => stringify(bootstrap)),
      ...proxies.map(({ log }) => log.join('\n')),
      ...answers,
      JSON.stringify(application.seen),
    ];
    assert.ok(
      proxies[0]?.log.some((line) => line.includes('token_mismatch')),
      'the filter’s own words are among the logs',
    );
    for (const text of seen) for (const secret of [current, previous]) assert.deepEqual(secretTraces(text, secret), []);
  });

  test('they would be found: in plain, as hex, as base64 wherever it begins', () => {
    for (const before of ['', 'a', 'ab', 'abc']) {
      const text = Buffer.from(`${before}${current}and more`);
      for (const encoded of [text.toString(), text.toString('hex'), text.toString('base64')]) {
        assert.notDeepEqual(secretTraces(encoded, current), [], `${before} ${encoded}`);
      }
    }
  });
});
