import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import { wasm } from './agreement.js';

const policy = { namespace: 'default', name: 'p', mode: 'enforce' };
const access = (rules: object[], more = {}) => ({ access: [{ ...policy, rules, ...more }] });
const ratelimit = (limit: object) => ({ ratelimit: [{ ...policy, limits: [{ name: 'l', ...limit }] }] });

async function load(steps: object, { side = 'provider', workers = 1 } = {}) {
  const config = { side, service: 'vendors', targets: [{ service: 'default/vendors', ...steps }] };
  return Host.load(wasm('tcp'), { config: JSON.stringify(config), workers });
}

/** Whether a connection of this peer reaches the upstream. */
const reaches = (sim: Host, peer: string, worker = 0) => {
  const connection = sim.connection({ peer, worker });
  assert.notEqual(connection.connected, connection.closed);
  return connection.connected;
};

describe('the filter for connections', () => {
  test('lets in by address', async () => {
    const sim = await load(access([{ name: 'office', allow: ['10.0.0.0/8'], deny: ['10.0.0.13'] }]));
    assert.deepEqual(
      ['10.1.2.3:1', '10.0.0.13:1', '192.0.2.1:1', '[::ffff:10.1.2.3]:1', '[2001:db8::1]:1'].map((peer) =>
        reaches(sim, peer),
      ),
      [true, false, false, true, false],
    );
    assert.equal(sim.metric('tollgate.access.address_denied'), 1);
    assert.equal(sim.metric('tollgate.access.address_not_allowed'), 2);
    assert.equal(sim.metric('tollgate.allowed'), 2);
  });

  test('counts connections of all workers together until each is closed', async () => {
    const sim = await load(ratelimit({ key: ['address'], concurrent: 2 }), { workers: 2 });
    const open = [sim.connection({ worker: 0 }), sim.connection({ worker: 1 })];
    assert.deepEqual(
      open.map(({ closed }) => closed),
      [false, false],
    );
    assert.equal(reaches(sim, '203.0.113.1:1', 0), false);
    assert.equal(reaches(sim, '203.0.113.1:1', 1), false);
    assert.equal(sim.metric('tollgate.ratelimit.concurrency_limited'), 2);
    // Of another address there are none.
    assert.equal(reaches(sim, '198.51.100.1:1'), true);
    open[0]?.close();
    assert.equal(open[0]?.closed, true);
    assert.equal(reaches(sim, '203.0.113.1:1', 1), true);
  });

  test('counts for a caller as a whole on its own side', async () => {
    const sim = await load(ratelimit({ key: ['consumer'], concurrent: 1 }), { side: 'consumer' });
    assert.equal(reaches(sim, '127.0.0.1:1'), true);
    assert.equal(reaches(sim, '127.0.0.2:1'), false);
  });

  test('refuses nobody as a shadow, and counts what it would refuse', async () => {
    const sim = await load(access([{ name: 'nobody', deny: ['0.0.0.0/0'] }], { mode: 'shadow' }));
    assert.equal(reaches(sim, '10.0.0.1:1'), true);
    assert.equal(sim.metric('tollgate.access.address_denied.shadow'), 1);
  });

  test('passes over rules that ask for something of a request', async () => {
    const sim = await load(
      access([
        { name: 'path', match: [{ path: { prefix: '/' } }], deny: ['0.0.0.0/0'] },
        { name: 'method', match: [{ methods: ['GET'] }], deny: ['0.0.0.0/0'] },
        { name: 'host', match: [{ hosts: ['*.example.com'] }], deny: ['0.0.0.0/0'] },
        { name: 'header', match: [{ headers: { 'x-a': { present: true } } }], deny: ['0.0.0.0/0'] },
        { name: 'query', match: [{ query: { a: { present: true } } }], deny: ['0.0.0.0/0'] },
        { name: 'rest', allow: ['10.0.0.0/8'] },
      ]),
    );
    assert.equal(reaches(sim, '10.0.0.1:1'), true);
    assert.equal(reaches(sim, '192.0.2.1:1'), false);
  });

  test('is refused a configuration with more than one service', async () => {
    const target = { service: 'default/vendors' };
    const config = JSON.stringify({ side: 'consumer', service: 'orders', targets: [target, { service: 'default/b' }] });
    await assert.rejects(Host.load(wasm('tcp'), { config }), /\$\.targets: must be exactly one/);
  });
});
