import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Application, startApplication } from '../support/application.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { load } from '../support/load.js';
import { freePorts } from '../support/ports.js';

// No budget of these refills within the test: an hour is far longer, so what passes is what was there at the start.
const limits = [
  '{ name: all, match: [{ path: { prefix: /all } }], key: [service], requests: 180, burst: 20, per: 1h }',
  '{ name: keyed, match: [{ path: { prefix: /keyed } }], key: [{ header: x-key }], requests: 3, per: 1h, keysMax: 50 }',
  '{ name: two, match: [{ path: { prefix: /two } }], key: [path], requests: 40, per: 1h }',
  '{ name: both, match: [{ path: { prefix: /two } }], key: [service], requests: 60, per: 1h }',
];

describe('a limit is exact over two workers', () => {
  let application: Application;
  let proxy: GovernedEnvoy;
  let port = 0;
  let admin = 0;
  before(async () => {
    application = await startApplication();
    [port = 0, admin = 0] = await freePorts(2);
    const policies = file(
      document('Service', 'vendors', '{}'),
      vendorsNode({ listen: port, to: application.port, admin }, ', workers: 2'),
      document('RateLimitPolicy', 'limits', `{ limits: [${limits.join(', ')}] }`),
    );
    proxy = await startGoverned({ policies, node: 'vendors-1' });
  });
  after(async () => {
    await proxy?.envoy.stop();
    await application?.close();
  });

  /** Runs the load; what passed must be what reached the application. */
  async function run(paths: { path: string; headers?: Record<string, string> }[]) {
    const before = application.seen.length;
    const counts = await load({ port, connections: 16, requests: paths });
    const passed = counts.get(200) ?? 0;
    assert.equal(passed + (counts.get(429) ?? 0), paths.length, `only 200 and 429: ${[...counts].join(' ')}`);
    assert.equal(application.seen.length - before, passed);
    return passed;
  }

  test('requests + burst pass of ten times as many', async () => {
    assert.equal(await run(Array.from({ length: 2000 }, () => ({ path: '/all' }))), 200);
  });

  test('with more keys than keysMax every place has its budget, and all newcomers share one more', async () => {
    // Four times as many keys as places, each asking three times more than its budget, all mixed.
    const requests = Array.from({ length: 10 * 200 }, (_, index) => ({
      path: '/keyed',
      headers: { 'x-key': `key-${index % 200}` },
    }));
    assert.equal(await run(requests), 50 * 3 + 3);
    // Cycling through new names refills nobody's budget.
    const fresh = Array.from({ length: 500 }, (_, index) => ({
      path: '/keyed',
      headers: { 'x-key': `fresh-${index}` },
    }));
    assert.equal(await run(fresh), 0);
  });

  test('of two limits at once neither is passed, and what one refuses the other is not charged for', async () => {
    const requests = Array.from({ length: 600 }, (_, index) => ({ path: index % 2 === 0 ? '/two/a' : '/two/b' }));
    assert.equal(await run(requests), 60);
    const seen = application.seen.filter(({ path }) => path.startsWith('/two/'));
    for (const path of ['/two/a', '/two/b'])
      assert.ok(seen.filter((request) => request.path === path).length <= 40, path);
  });

  test('both workers took part', async () => {
    const { text } = await fetchText(`http://127.0.0.1:${admin}/stats?filter=worker_\\d.downstream_cx_total`);
    const connections = [...text.matchAll(/^listener\.127\.0\.0\.1_\d+\.worker_\d\.downstream_cx_total: (\d+)$/gm)];
    assert.equal(connections.length, 2, text);
    for (const [line, count] of connections) assert.ok(Number(count) > 0, line);
    assert.deepEqual(proxy.log, [], 'Envoy had nothing to complain of');
  });
});
