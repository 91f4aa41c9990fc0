import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signToken, tokenDate } from '@tollgate/model';
import { type Application, startApplication } from '../support/application.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { type GovernedEnvoy, startGoverned } from '../support/governed-envoy.js';
import { load } from '../support/load.js';
import { freePorts } from '../support/ports.js';

const system = '{ id: orders, secrets: [{ env: ORDERS_SECRET }] }, { id: billing, secrets: [{ env: BILLING_SECRET }] }';

describe('a shared budget is exact over two workers', () => {
  let application: Application;
  let proxy: GovernedEnvoy;
  let port = 0;
  const env = { ORDERS_SECRET: 'o', BILLING_SECRET: 'b' };
  before(async () => {
    application = await startApplication();
    [port = 0] = await freePorts(1);
    const policies = file(
      document('Service', 'vendors', '{}'),
      vendorsNode({ listen: port, to: application.port }, ', workers: 2'),
      document(
        'TokenPolicy',
        'tokens',
        `{ side: provider, systems: [${system}], rules: [{ name: any, require: none }] }`,
      ),
      document(
        'RateLimitPolicy',
        'limits',
        '{ fairShares: { requests: 300, per: 1h, weights: { orders: 2, "*": 1 } } }',
      ),
    );
    proxy = await startGoverned({ policies, node: 'vendors-1', env });
  });
  after(async () => {
    await proxy?.envoy.stop();
    await application?.close();
  });

  const requestsOf = (system: string, secret: string, count: number) => {
    const date = tokenDate(new Date(), 'day');
    const { digest } = signToken('hmac-sha256', secret, { system, date });
    return Array.from({ length: count }, () => ({ headers: { 'x-tollgate-token': `${system}.${date}.${digest}` } }));
  };

  test('whoever asks, together they get what there is and no more', async () => {
    const orders = requestsOf('orders', 'o', 700);
    const others = [...requestsOf('billing', 'b', 350), ...Array.from({ length: 350 }, () => ({}))];
    const requests = orders.flatMap((request, index) => [request, others[index] ?? {}]);
    const counts = await load({ port, connections: 16, requests });
    assert.deepEqual([...counts].sort(), [
      [200, 300],
      [429, 1100],
    ]);
    assert.equal(application.seen.length, 300);
    const refused = await load({ port, connections: 4, requests: requestsOf('billing', 'b', 50) });
    assert.deepEqual([...refused], [[429, 50]]);
    assert.deepEqual(proxy.log, [], 'Envoy had nothing to complain of');
  });
});
