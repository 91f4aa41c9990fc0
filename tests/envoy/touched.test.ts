// What a change of the rules touches in a running Envoy: the resource that it is about, and no listener.
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { startApplication } from '../support/application.js';
import { startTollgate } from '../support/cli.js';
import { document, file, loopback } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { freePorts } from '../support/ports.js';

const followers = {
  listeners: 'listener_manager.lds',
  clusters: 'cluster_manager.cds',
  routes: 'http.outbound/orders.rds.outbound/orders',
  vendors: 'cluster.outbound/default/vendors/80',
  orders: 'cluster.outbound/default/orders/80',
  filter: 'extension_config_discovery.http_filter.tollgate.governance/outbound/orders',
};

async function watched(context: TestContext) {
  const applications = [await startApplication(), await startApplication()];
  const [listen = 0, admin = 0] = await freePorts(2);
  const instance = (index: number) => `{ address: 127.0.0.1, port: ${applications[index]?.port} }`;
  const vendors = (spec: string) => document('Service', 'vendors', spec);
  const node = document(
    'Node',
    'orders-1',
    `{ services: [orders], outbound: { listen: ${loopback(listen)} }, admin: ${loopback(admin)}, workers: 1 }`,
  );
  const folder = new Folder({
    'node.yaml': file(document('Service', 'orders', '{}'), node),
    'vendors.yaml': vendors(`{ instances: [${instance(0)}] }`),
  });
  const run = startTollgate(['run', '-f', folder.path, '--watch']);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(async () => {
    agent.destroy();
    await run.stop();
    for (const application of applications) await application.close();
  });
  await run.line(/^ready/);
  const stats = async () => {
    const { text } = await fetchText(`http://127.0.0.1:${admin}/stats`);
    return Object.entries(followers).map(([name, follower]): [string, number] => {
      const counted = text.split('\n').filter((line) => /\.(update_success|config_reload): /.test(line));
      const own = counted.filter((line) => line.startsWith(`${follower}.`));
      return [name, own.reduce((sum, line) => sum + Number(line.split(': ')[1]), 0)];
    });
  };
  const call = async (host = 'vendors') =>
    (await fetchText(`http://127.0.0.1:${listen}/`, { agent, headers: { host } })).status;
  /** Changes a file, and tells which of the followers took something. */
  const touchedBy = async (name: string, text: string) => {
    const before = new Map(await stats());
    const after = run.linesSaid;
    folder.write(name, text);
    await run.line(/^applied version/, { after });
    return (await stats()).flatMap(([follower, count]) => (count > (before.get(follower) ?? 0) ? [follower] : []));
  };
  return { applications, instance, vendors, call, touchedBy };
}

describe('what a change touches in a running Envoy', () => {
  test('the first policy, another instance, another host and another service: one resource each, and no listener', async (context) => {
    const { applications, instance, vendors, call, touchedBy } = await watched(context);
    const [first, second] = applications;
    assert.equal(await call(), 200);
    const deny = document('AccessPolicy', 'nobody', '{ side: consumer, rules: [{ name: all, deny: [0.0.0.0/0] }] }');
    assert.deepEqual(await touchedBy('policy.yaml', deny), ['filter']);
    assert.equal(await call(), 403);
    assert.deepEqual(await touchedBy('policy.yaml', ''), ['filter']);
    assert.equal(await call(), 200);
    const seen = first?.seen.length;
    assert.deepEqual(await touchedBy('vendors.yaml', vendors(`{ instances: [${instance(1)}] }`)), ['vendors']);
    assert.equal(await call(), 200);
    assert.deepEqual([first?.seen.length, second?.seen.length], [seen, 1]);
    const named = vendors(`{ hosts: [vendors.example], instances: [${instance(1)}] }`);
    assert.deepEqual(await touchedBy('vendors.yaml', named), ['routes']);
    assert.equal(await call('vendors.example'), 200);
    assert.deepEqual(await touchedBy('other.yaml', document('Service', 'other', '{}')), ['clusters', 'routes']);
    assert.equal(await call(), 200);
  });
});
