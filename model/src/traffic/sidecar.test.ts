import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDocuments } from '../testing/check-documents.js';
import { egressOf, importedHosts, isReached } from './sidecar.js';

const service = (name: string, namespace: string, labels: object = {}) => ({
  kind: 'Service',
  metadata: { name, namespace, labels },
});
const entry = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'api' },
  spec: {
    hosts: ['api.example.com'],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    resolution: 'DNS',
  },
};
const sidecar = (hosts: string[] | undefined, more: { labels?: object; name?: string; namespace?: string } = {}) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Sidecar',
  metadata: { name: more.name ?? 'egress', namespace: more.namespace ?? 'prod' },
  spec: {
    ...(hosts ? { egress: [{ hosts }] } : {}),
    ...(more.labels ? { workloadSelector: { labels: more.labels } } : {}),
  },
});
const mesh = [
  service('orders', 'prod', { app: 'orders' }),
  service('vendors', 'prod'),
  service('vendors', 'test'),
  entry,
];
const of = (spec: object) =>
  checkDocuments({ apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { name: 'a' }, spec }).messages;

/** What orders may call, as namespace/name. */
function reached(...sidecars: object[]): string {
  const { model, mistakes } = checkDocuments(...mesh, ...sidecars);
  assert.deepEqual(mistakes, []);
  const caller = model.of('Service').get('prod', 'orders') ?? assert.fail();
  const egress = egressOf(model.of('Sidecar'), caller);
  const services = model.of('Service').all.map((each) => ({ ...each, hosts: importedHosts(each) }));
  const entries = model.of('ServiceEntry').all.map((each) => ({ ...each, hosts: each.spec.hosts }));
  return [...services, ...entries]
    .filter(({ namespace, hosts }) => isReached(egress, namespace, hosts))
    .map(({ namespace, name }) => `${namespace}/${name}`)
    .join(' ');
}

describe('what the hosts of an egress bring', () => {
  const all = 'prod/orders prod/vendors test/vendors default/api';
  const cases: [hosts: string[], expected: string][] = [
    [['*/*'], all],
    [['*'], all],
    [['./*'], 'prod/orders prod/vendors'],
    [['test/*'], 'test/vendors'],
    [['~/*'], ''],
    [['*/*', '~test/*'], 'prod/orders prod/vendors default/api'],
    [['*/*', '~/*.example.com'], 'prod/orders prod/vendors test/vendors'],
    [['api.example.com'], 'default/api'],
    [['*/API.Example.com'], 'default/api'],
    [['*/*.example.com'], 'default/api'],
    [['./api.example.com'], ''],
    [['*/vendors.test.svc.cluster.local'], 'test/vendors'],
    [['prod/vendors.test.svc.cluster.local'], ''],
    [['*/vendors'], 'prod/vendors test/vendors'],
    [['*/*.prod.svc.cluster.local'], 'prod/orders prod/vendors'],
    [['./*', 'istio-system/*', 'api.example.com'], 'prod/orders prod/vendors default/api'],
  ];
  for (const [hosts, expected] of cases) test(hosts.join(' '), () => assert.equal(reached(sidecar(hosts)), expected));
  test('none, without a Sidecar or an egress', () => {
    assert.equal(reached(), all);
    assert.equal(reached(sidecar(undefined)), all);
  });
});

describe('of several Sidecars', () => {
  const root = sidecar(['prod/*'], { namespace: 'istio-system' });
  const own = sidecar(['test/*']);
  const selecting = (labels: object) => sidecar(['default/*'], { name: 'selecting', labels });

  test('one with a selector decides before one without, the namespace before the root namespace', () => {
    assert.equal(reached(root), 'prod/orders prod/vendors');
    assert.equal(reached(root, own), 'test/vendors');
    assert.equal(reached(root, own, selecting({ app: 'orders' })), 'default/api');
    assert.equal(reached(root, own, selecting({ app: 'other' })), 'test/vendors');
    assert.equal(reached(root, selecting({ app: 'other' })), 'prod/orders prod/vendors');
  });

  test('what one leaves out is as the next says', () => {
    assert.equal(reached(own, sidecar(undefined, { name: 'a', labels: { app: 'orders' } })), 'test/vendors');
    assert.equal(reached(root, sidecar(undefined)), 'prod/orders prod/vendors');
  });

  test('a namespace has one without a selector', () => {
    const second = sidecar(['./*'], { name: 'second' });
    assert.match(
      checkDocuments(...mesh, own, second).messages,
      /spec: has no workloadSelector, as Sidecar "egress" in the same namespace/,
    );
  });

  test('two that select a service', () => {
    const both = [selecting({ app: 'orders' }), sidecar(['./*'], { name: 'then', labels: {} })];
    const { warnings } = checkDocuments(...mesh, ...both);
    assert.match(warnings.join(), /also selects Service "orders", for which Sidecar "selecting" decides/);
    assert.equal(reached(...both), 'default/api');
  });

  test('the root namespace selects nothing', () => {
    const { messages } = checkDocuments(sidecar(['*/*'], { namespace: 'istio-system', labels: { a: 'b' } }));
    assert.match(messages, /workloadSelector: must not stand in istio-system/);
  });
});

describe('what a person should know', () => {
  const said = (hosts: string[], more = {}) => checkDocuments(...mesh, sidecar(hosts, more)).warnings.join('\n');
  test('namespaces and hosts that nothing has', () => {
    assert.match(said(['./*', 'istio-system/*']), /hosts\[1\]: there is neither .* in namespace istio-system$/);
    assert.match(said(['teapot.example.com']), /hosts\[0\]: there is neither .* with the host "teapot.example.com"/);
    assert.match(said(['./vendors.test']), /with the host "vendors.test"/);
    assert.match(said(['*/*.example.org']), /with the host "\*.example.org"/);
    assert.equal(said(['./*', '*/*', '~/*', '*/*.example.com', 'test/vendors']), '');
  });
  test('labels that no service has', () => {
    assert.match(said(['./*'], { labels: { app: 'x' } }), /no Service in namespace prod has these labels/);
  });
});

describe('what is not done here is refused by name', () => {
  const refused: [what: string, spec: object, expected: RegExp][] = [
    ['ALLOW_ANY', { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } }, /mode ALLOW_ANY \(.*\) is not in this release yet/],
    ['a proxy', { outboundTrafficPolicy: { egressProxy: { host: 'a' } } }, /egressProxy \(.*\) is not in this release/],
    ['listeners in', { ingress: [{}] }, /ingress \(.*\) is not in this release yet/],
    ['pools in', { inboundConnectionPool: {} }, /inboundConnectionPool \(.*\) is not in this release yet/],
    ['a listener', { egress: [{ hosts: ['*/*'], port: { number: 1 } }] }, /port \(.*\) is not in this release yet/],
    ['its address', { egress: [{ hosts: ['*/*'], bind: '127.0.0.1' }] }, /bind \(.*\) is not in this release yet/],
    ['capturing', { egress: [{ hosts: ['*/*'], captureMode: 'IPTABLES' }] }, /captureMode IPTABLES \(.*\) is not in/],
    ['two lists', { egress: [{ hosts: ['*/*'] }, { hosts: ['./*'] }] }, /egress: has a second item without a port/],
    ['no hosts', { egress: [{ hosts: [] }] }, /hosts: is empty, write at least one item/],
    ['a host that is none', { egress: [{ hosts: ['a/b/c'] }] }, /"a\/b\/c" is not namespace\/host, write for example/],
    ['a star inside', { egress: [{ hosts: ['*/a.*.b'] }] }, /is not namespace\/host/],
  ];
  for (const [what, spec, expected] of refused) test(what, () => assert.match(of(spec), expected));
  test('what is done', () => {
    const spec = { egress: [{ hosts: ['*/*'], captureMode: 'NONE' }], outboundTrafficPolicy: {} };
    assert.equal(of(spec), '');
    assert.equal(of({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }), '');
  });
});
