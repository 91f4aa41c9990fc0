import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDocuments } from '../testing/check-documents.js';
import { type Calling, hostRule } from './destination-rules.js';

interface Written {
  name?: string;
  namespace?: string;
  [field: string]: unknown;
}

/** The rules, of which the calls to `vendors` in the namespace `shop` may find one. */
function rules(...specs: Written[]) {
  const documents = specs.map(({ name, namespace = 'shop', ...spec }, index) => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: name ?? `r${index}`, namespace },
    spec: { host: 'vendors.shop.svc.cluster.local', ...spec },
  }));
  const service = { kind: 'Service', metadata: { name: 'vendors', namespace: 'shop' } };
  const { model, messages, warnings } = checkDocuments(service, ...documents);
  assert.equal(messages, '');
  return { all: model.of('DestinationRule'), warnings };
}

const vendors = { namespace: 'shop', domains: ['vendors', 'vendors.shop', 'vendors.shop.svc.cluster.local'] };
const from = (namespace: string, ...labels: Calling['labels']) => ({ namespace, labels });

/** Whose connection limit holds: every rule of these tests has one of its own. */
function limit(found: ReturnType<typeof rules>, calling: Calling, subset?: string, port = 80): number | undefined {
  return hostRule(found.all, calling, vendors)?.policyAt(port, subset).connectionPool?.tcp?.maxConnections;
}

const limited = (maxConnections: number) => ({ trafficPolicy: { connectionPool: { tcp: { maxConnections } } } });

describe('which rule is for a call', () => {
  test('that of the caller’s namespace, else of the service’s, else of the root namespace', () => {
    const all = [
      { namespace: 'root', ...limited(0) },
      { namespace: 'istio-system', ...limited(1) },
      { namespace: 'shop', ...limited(2) },
      { namespace: 'orders', ...limited(3) },
    ];
    assert.equal(limit(rules(...all), from('orders')), 3);
    assert.equal(limit(rules(...all), from('other')), 2);
    assert.equal(limit(rules(...all.slice(0, 2)), from('other')), 1);
    assert.equal(limit(rules(...all.slice(0, 1)), from('other')), undefined);
    assert.equal(limit(rules(...all), from('istio-system')), 2);
    assert.equal(
      limit(rules({ ...all[1], exportTo: ['.'] }, { ...all[2], namespace: 'shop' }), from('istio-system')),
      1,
    );
  });

  test('a short host is one of the rule’s own namespace', () => {
    const short = rules({ host: 'vendors', ...limited(1) }, { host: 'vendors', namespace: 'orders', ...limited(2) });
    assert.equal(limit(short, from('orders')), 1);
  });

  test('what is not exported to the caller is for others', () => {
    assert.equal(limit(rules({ exportTo: ['.'], ...limited(1) }), from('orders')), undefined);
    assert.equal(limit(rules({ exportTo: ['.'], ...limited(1) }), from('shop')), 1);
    assert.equal(limit(rules({ exportTo: ['orders'], ...limited(1) }), from('orders')), 1);
    assert.equal(limit(rules({ exportTo: ['orders'], ...limited(1) }), from('shop')), undefined);
    assert.equal(limit(rules({ exportTo: ['*'], ...limited(1) }), from('orders')), 1);
  });

  test('a selector is for callers of its namespace that have its labels, before a rule without one', () => {
    const selecting = { workloadSelector: { matchLabels: { app: 'web', tier: 'front' } } };
    const all = rules({ name: 'a', ...limited(1) }, { name: 'b', ...selecting, ...limited(2) });
    assert.equal(limit(all, from('shop', { app: 'batch' }, { app: 'web', tier: 'front', more: '' })), 2);
    assert.equal(limit(all, from('shop', { app: 'web' }, { tier: 'front' })), 1);
    assert.equal(limit(all, from('orders', { app: 'web', tier: 'front' })), 1);
  });

  test('the exact host before a wildcard, the longer wildcard before the shorter', () => {
    const wide = [
      { name: 'a', host: '*', ...limited(1) },
      { name: 'b', host: '*.local', ...limited(2) },
      { name: 'c', host: '*.shop.svc.cluster.local', ...limited(3) },
      { name: 'd', ...limited(4) },
    ];
    for (const count of [4, 3, 2, 1]) assert.equal(limit(rules(...wide.slice(0, count)), from('shop')), count);
  });
});

describe('several rules of one host', () => {
  test('all subsets count, the first policy and the first subset of a name', () => {
    const both = rules(
      { name: 'a', subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
      { name: 'b', ...limited(2), subsets: [{ name: 'v1', labels: { version: 'other' } }, { name: 'v2' }] },
      { name: 'c', host: 'vendors', ...limited(3) },
    );
    assert.equal(limit(both, from('shop')), 2);
    const subsets = hostRule(both.all, from('shop'), vendors)?.subsets ?? [];
    assert.deepEqual(
      subsets.map(({ name, labels }) => ({ name, labels })),
      [
        { name: 'v1', labels: { version: 'v1' } },
        { name: 'v2', labels: {} },
      ],
    );
    assert.deepEqual(both.warnings, [
      'spec.subsets[0].name: does not count: DestinationRule "a" has a subset of this name first',
      'spec.trafficPolicy: does not count: DestinationRule "b" says first how vendors is called',
    ]);
  });
});

describe('what holds at a port', () => {
  const retryBudget = { percent: 50 };
  const host = {
    connectionPool: { tcp: { maxConnections: 1 } },
    loadBalancer: { simple: 'RANDOM' },
    retryBudget,
    portLevelSettings: [{ port: { number: 81 }, connectionPool: { tcp: { maxConnections: 2 } } }],
  };
  const subset = {
    connectionPool: { tcp: { connectTimeout: '1s' } },
    portLevelSettings: [{ port: { number: 82 }, loadBalancer: { simple: 'ROUND_ROBIN' } }],
  };
  const found = rules({ trafficPolicy: host, subsets: [{ name: 'v1', trafficPolicy: subset }, { name: 'v2' }] });
  const at = (port: number, name?: string) => hostRule(found.all, from('shop'), vendors)?.policyAt(port, name);
  const fields = (port: number, name?: string) => Object.keys(at(port, name) ?? {}).sort();

  test('a subset takes the place of its host’s policy field by field, and whole fields of it', () => {
    assert.deepEqual(fields(80, 'v1'), ['connectionPool', 'loadBalancer', 'retryBudget']);
    assert.deepEqual(at(80, 'v1')?.connectionPool, { tcp: { connectTimeout: 1000 } });
    assert.deepEqual(at(80, 'v2'), at(80));
  });

  test('nothing of the host’s policy is added to what a port has of its own', () => {
    assert.deepEqual(fields(81), ['connectionPool']);
    assert.equal(limit(found, from('shop'), undefined, 81), 2);
    assert.deepEqual(at(81, 'v2'), at(81));
  });

  test('nor is it to what a port of a subset has, save the retry budget, which no port can have', () => {
    assert.deepEqual(fields(82, 'v1'), ['loadBalancer', 'retryBudget']);
    assert.equal(at(82, 'v1')?.loadBalancer?.simple, 'ROUND_ROBIN');
  });
});
