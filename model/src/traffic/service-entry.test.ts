import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDocuments } from '../testing/check-documents.js';

const ports = [{ number: 443, name: 'https', protocol: 'HTTPS' }];
const external = { hosts: ['api.example.com'], ports, resolution: 'DNS' };
const internal = { ...external, location: 'MESH_INTERNAL', resolution: 'STATIC' };

const entry = (spec: object, metadata: object = {}) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'api', ...metadata },
  spec,
});
const messages = (spec: object, ...others: object[]) => checkDocuments(entry(spec), ...others).messages;
const warnings = (...documents: object[]) => {
  const { mistakes, warnings } = checkDocuments(...documents);
  assert.deepEqual(mistakes, []);
  return warnings.join('\n');
};

test('all versions, and the defaults of Istio', () => {
  for (const version of ['v1', 'v1beta1', 'v1alpha3']) {
    const { model, mistakes } = checkDocuments({ ...entry(external), apiVersion: `networking.istio.io/${version}` });
    assert.deepEqual(mistakes, []);
    const { location, exportTo, addresses } = model.of('ServiceEntry').all[0]?.spec ?? assert.fail();
    assert.deepEqual({ location, exportTo, addresses }, { location: 'MESH_EXTERNAL', exportTo: [], addresses: [] });
  }
  assert.equal(messages({ ...external, ports: [{ number: 443, name: 'tls', protocol: 'tls' }] }), '');
});

describe('where calls may not be led', () => {
  const own: [address: string, what: RegExp][] = [
    ...['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1'].map(
      (address): [string, RegExp] => [address, /is a loopback address, to which no call may be led/],
    ),
    ...['169.254.169.254', 'fe80::1', 'febf::1', '::ffff:169.254.1.1'].map((address): [string, RegExp] => [
      address,
      /is a link-local address/,
    ]),
    ...['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0'].map((address): [string, RegExp] => [
      address,
      /is no machine’s address/,
    ]),
  ];
  for (const [address, what] of own)
    test(address, () => {
      const at = { endpoints: [{ address }] };
      assert.match(messages({ ...external, resolution: 'STATIC', ...at }), what);
      const inside = messages({ ...internal, ...at });
      if (what.source.includes('loopback')) assert.equal(inside, '');
      else assert.match(inside, what);
    });

  test('names of this machine', () => {
    for (const address of ['localhost', 'LOCALHOST.', 'localhost.localdomain', 'a.localhost', 'ip6-loopback']) {
      assert.match(messages({ ...external, endpoints: [{ address }] }), /is a loopback address/, address);
      assert.match(messages({ ...external, hosts: [address] }), /hosts\[0\]: .* is a loopback address/, address);
    }
    assert.equal(messages({ ...external, hosts: ['localhost.example.com', 'notlocalhost'] }), '');
  });

  test('what resolvers take for an address', () => {
    for (const address of ['127.1', '2130706433', '0x7f000001', '0x7f.1', '1.2.3'])
      assert.match(
        messages({ ...external, endpoints: [{ address }] }),
        /is neither an IP address nor a DNS name/,
        address,
      );
  });

  test('the admin interface of a node', () => {
    const documents = [
      { kind: 'Service', metadata: { name: 'orders' } },
      {
        kind: 'Node',
        metadata: { name: 'orders-1' },
        spec: { services: ['orders'], admin: { address: '127.0.0.1', port: 9901 } },
      },
    ];
    const led = /spec\.(endpoints|hosts)\[0\]: leads to port 9901, the admin interface of node "orders-1"/;
    for (const address of ['127.0.0.1', '127.0.0.2', '::1'])
      assert.match(messages({ ...internal, endpoints: [{ address, ports: { https: 9901 } }] }, ...documents), led);
    const target = [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 9901 }];
    assert.match(messages({ ...internal, ports: target, endpoints: [{ address: '127.0.0.1' }] }, ...documents), led);
    assert.match(messages({ ...internal, resolution: 'DNS', hosts: ['localhost'], ports: target }, ...documents), led);
    assert.equal(messages({ ...internal, ports: target, endpoints: [{ address: '10.0.0.1' }] }, ...documents), '');
    assert.equal(
      messages({ ...internal, endpoints: [{ address: '127.0.0.1', ports: { https: 9902 } }] }, ...documents),
      '',
    );
  });
});

describe('what cannot be', () => {
  const refused: [what: string, spec: object, expected: RegExp][] = [
    ['no hosts', { ...external, hosts: [] }, /hosts: is empty, write at least one item/],
    ['every host', { ...external, hosts: ['*'] }, /"\*" would be every host/],
    ['a host with a port', { ...external, hosts: ['a.example.com:80'] }, /drop the port: write a.example.com/],
    ['no ports', { ...external, ports: [] }, /ports: is empty/],
    ['a port twice', { ...external, ports: [...ports, { ...ports[0], name: 'b' }] }, /"443" is used twice/],
    ['a name twice', { ...external, ports: [...ports, { ...ports[0], number: 80 }] }, /"https" is used twice/],
    ['no protocol', { ...external, ports: [{ number: 1, name: 'a' }] }, /protocol: is required, write one of HTTP/],
    ['a wrong protocol', { ...external, ports: [{ ...ports[0], protocol: 'HTPS' }] }, /did you mean "HTTPS"\?/],
    [
      'MONGO',
      { ...external, ports: [{ ...ports[0], protocol: 'Mongo' }] },
      /the protocol MONGO is not in this release/,
    ],
    ['interception', { ...external, resolution: 'NONE' }, /resolution NONE \(.*\) is not in this release yet/],
    ['interception by default', { hosts: ['a.example.com'], ports }, /resolution: resolution NONE/],
    ['DYNAMIC_DNS', { ...external, resolution: 'DYNAMIC_DNS' }, /resolution DYNAMIC_DNS .* is not in this release yet/],
    [
      'a network',
      { ...external, addresses: ['192.0.2.0/24'] },
      /addresses\[0\]: the network 192.0.2.0\/24 .* is not in/,
    ],
    ['no address', { ...external, addresses: ['a'] }, /addresses\[0\]: is not an IP address/],
    ['no endpoints', { ...external, resolution: 'STATIC' }, /endpoints: is required with `resolution: STATIC`/],
    [
      'a name for STATIC',
      { ...internal, endpoints: [{ address: 'a.example.com' }] },
      /is a name: write `resolution: DNS`/,
    ],
    ['a wildcard without endpoints', { ...external, hosts: ['*.example.com'] }, /is no name that can be resolved/],
    [
      'several endpoints of one name',
      { ...external, resolution: 'DNS_ROUND_ROBIN', endpoints: [{ address: 'a.b' }, { address: 'c.d' }] },
      /may have only one with `resolution: DNS_ROUND_ROBIN`/,
    ],
    ['a unix socket', { ...external, endpoints: [{ address: 'unix:///a' }] }, /unix socket is not in this release yet/],
    [
      'a port that the entry has not',
      { ...external, endpoints: [{ address: 'a.b', ports: { http: 80 } }] },
      /endpoints\[0\]\.ports\.http: this entry has no port "http", write one of https/,
    ],
    ['a network name', { ...external, endpoints: [{ address: 'a.b', network: 'n' }] }, /network \(.*\) is not in this/],
    [
      'an account',
      { ...external, endpoints: [{ address: 'a.b', serviceAccount: 'n' }] },
      /serviceAccount \(.*\) is not/,
    ],
    [
      'endpoints beside a selector',
      { ...internal, endpoints: [{ address: '10.0.0.1' }], workloadSelector: {} },
      /write only one of `endpoints` and `workloadSelector`/,
    ],
    ['a selector outside', { ...external, workloadSelector: {} }, /write `location: MESH_INTERNAL`/],
    ['a selector by name', { ...internal, resolution: 'DNS', workloadSelector: {} }, /must be STATIC where a workload/],
    ['labels with stars', { ...internal, workloadSelector: { labels: { app: 'a*' } } }, /labels\.app: has a "\*"/],
    ['a namespace that is none', { ...external, exportTo: ['a/b'] }, /exportTo\[0\]: is not a namespace, write one/],
    ['all and some', { ...external, exportTo: ['*', 'a'] }, /has "\*", which is every namespace/],
    ['an unknown field', { ...external, adresses: [] }, /unknown field "adresses", did you mean "addresses"\?/],
  ];
  for (const [what, spec, expected] of refused) test(what, () => assert.match(messages(spec), expected));
});

describe('what a person should know', () => {
  const vendors = {
    kind: 'Service',
    metadata: { name: 'vendors', labels: { app: 'vendors' } },
    spec: { hosts: ['vendors.example.com'], instances: [{ address: '127.0.0.1', port: 1, labels: { version: 'v1' } }] },
  };

  test('a Service with the same host wins', () => {
    for (const host of ['vendors.example.com', 'vendors.default', 'vendors.default.svc.cluster.local'])
      assert.match(
        warnings(vendors, entry({ ...external, hosts: [host] })),
        /leads to Service "vendors", not to this entry/,
      );
  });

  test('of two entries the first by name wins, within a namespace', () => {
    const other = entry(external, { name: 'b' });
    assert.match(warnings(entry(external), other), /"api.example.com" leads to ServiceEntry "api"/);
    assert.equal(warnings(entry(external), entry(external, { name: 'b', namespace: 'b' })), '');
  });

  test('a selector without instances', () => {
    const select = (labels: object) => entry({ ...internal, workloadSelector: { labels } });
    assert.equal(warnings(vendors, select({ app: 'vendors', version: 'v1' })), '');
    assert.match(
      warnings(vendors, select({ app: 'vendors', version: 'v2' })),
      /selects no instance of an open Service/,
    );
    const granted = { ...vendors, spec: { ...vendors.spec, registry: 'granted-only' } };
    assert.match(warnings(granted, select({ app: 'vendors' })), /selects no instance of an open Service/);
  });
});
