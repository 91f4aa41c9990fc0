// A call takes memory in proportion to what it brings and to what looks at it, up to a bound: beyond that it is refused, in every
// mode, and the next one is served. (A filter that runs out of memory traps, and takes all of its VM with it.)
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { load, policy } from '../filters/load.js';
import { type Application, startApplication } from '../support/application.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { freePorts } from '../support/ports.js';

/** Each policy puts the token of several headers together, to look whether it knows it. */
const greedy = { 'x-system': 'orders', 'x-date': '20261121', 'x-digest': 'a'.repeat(50_000) };
const policies = 250;

test('in the simulator', async () => {
  const token = Array.from({ length: policies }, (_, index) => ({
    ...policy,
    name: `p${index}`,
    carry: 'headers',
    headers: { system: 'x-system', date: 'x-date', digest: 'x-digest' },
    systems: [{ id: 'orders', secrets: ['ORDERS_SECRET'] }],
    rules: [{ name: 'r', match: [{ path: { prefix: '/of' } }], require: 'none' }],
  }));
  const sim = await load('governance', { token: token as never }, { env: { ORDERS_SECRET: 's3cret' } });
  for (let round = 0; round < 3; round++) {
    const answer = await sim.request({ path: '/of', headers: greedy });
    assert.equal(answer.status, 503);
    assert.equal(answer.header('x-tollgate-reason'), 'filter_unavailable');
    // Where no policy looks at the headers they cost nothing.
    assert.equal((await sim.request({ path: '/', headers: greedy })).status, 200);
    assert.equal((await sim.request({ path: '/of' })).status, 200);
  }
});

describe('in Envoy', () => {
  let application: Application;
  let proxy: GovernedEnvoy;
  let port = 0;
  before(async () => {
    application = await startApplication();
    const [listen = 0, admin = 0] = await freePorts(2);
    port = listen;
    const carried = 'carry: headers, headers: { system: x-system, date: x-date, digest: x-digest }';
    const systems = '[{ id: orders, secrets: [{ env: ORDERS_SECRET }] }]';
    const rules = '[{ name: r, match: [{ path: { prefix: /of } }], require: none }]';
    const documents = Array.from({ length: policies }, (_, index) =>
      document('TokenPolicy', `p${index}`, `{ side: provider, ${carried}, systems: ${systems}, rules: ${rules} }`),
    );
    proxy = await startGoverned({
      policies: file(
        document('Service', 'vendors', '{}'),
        vendorsNode({ listen, to: application.port, admin }),
        ...documents,
      ),
      node: 'vendors-1',
      env: { ORDERS_SECRET: 's3cret' },
    });
  });
  after(async () => {
    await proxy?.envoy.stop();
    await application?.close();
  });

  test('a call that needs more is refused, the next one is served', async () => {
    const asked = (path: string, headers = {}) => fetchText(`http://127.0.0.1:${port}${path}`, { headers });
    for (let round = 0; round < 3; round++) {
      const answer = await asked('/of', greedy);
      assert.equal(answer.status, 503);
      assert.equal(answer.headers['x-tollgate-reason'], 'filter_unavailable');
      assert.equal((await asked('/of')).status, 200);
    }
    assert.deepEqual(
      proxy.log.filter((line) => /abort|Uncaught/.test(line)),
      [],
    );
  });
});
