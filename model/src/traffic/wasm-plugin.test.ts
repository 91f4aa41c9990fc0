import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDocuments } from '../testing/check-documents.js';
import { pluginsOf, portsOf } from './wasm-plugin.js';

const sha256 = 'ab'.repeat(32);

interface Written {
  metadata?: object;
  spec: object;
}

/** Services vendors and orders, and plugins. */
function check(...plugins: Written[]) {
  const services = ['orders', 'vendors'].map((name) => ({
    kind: 'Service',
    metadata: { name, labels: { app: name } },
  }));
  const documents = plugins.map(({ metadata, spec }, index) => ({
    apiVersion: 'extensions.istio.io/v1alpha1',
    kind: 'WasmPlugin',
    metadata: { name: `p-${index}`, ...metadata },
    spec: { url: 'file://a.wasm', ...spec },
  }));
  return checkDocuments(...services, ...documents);
}

function checked(spec: object) {
  const { model, messages } = check({ spec });
  assert.equal(messages, '');
  return model.of('WasmPlugin').all[0] ?? assert.fail();
}

test('defaults are Istio’s', () => {
  const { code, phase, priority, failStrategy, match, vmConfig, type } = checked({}).spec;
  assert.deepEqual(code, { file: 'a.wasm' });
  assert.deepEqual(
    [phase, priority, failStrategy, match, vmConfig.env, type],
    [...['UNSPECIFIED_PHASE', 0, 'FAIL_CLOSE', [], [], 'HTTP']],
  );
});

describe('where a module may be', () => {
  const right: [url: string, code: object][] = [
    ['file://a/b.wasm', { file: 'a/b.wasm', sha256 }],
    ['file:///opt/b.wasm', { file: '/opt/b.wasm', sha256 }],
    ['https://a.example/b.wasm?c=d', { uri: 'https://a.example/b.wasm?c=d', sha256 }],
    ['http://[::1]:8080/b', { uri: 'http://[::1]:8080/b', sha256 }],
  ];
  for (const [url, code] of right) test(url, () => assert.deepEqual(checked({ url, sha256 }).spec.code, code));

  const wrong: [url: string, message: RegExp][] = [
    ['oci://registry.example/a:1', /is an OCI image, .* write file:\/\/<path> of the module, or https:/],
    ['a/b.wasm', /has no scheme, so Istio takes it for an OCI image, .* write file:\/\/a\/b.wasm for a file/],
    ['file:a.wasm', /write file:\/\/a.wasm/],
    ['file://', /names no file/],
    ['ftp://a/b', /"ftp" is not a scheme for modules/],
    ['https://user:secret@a.example/b', /is not the address of a module/],
    ['https://a.example/b#c', /is not the address of a module/],
    ['https://a.example:99999/b', /is not the address of a module/],
  ];
  for (const [url, message] of wrong)
    test(`${url}: refused`, () => assert.match(check({ spec: { url, sha256 } }).messages, message));

  test('what is fetched needs a digest', () => {
    for (const given of [undefined, ''])
      assert.match(
        check({ spec: { url: 'https://a.example/b', sha256: given } }).messages,
        /^spec.sha256: is required/,
      );
    assert.match(check({ spec: { sha256: 'AB'.repeat(32) } }).messages, /64 lower-case hexadecimal digits/);
  });
});

describe('what is not done here is refused by name', () => {
  const refused: [spec: object, message: RegExp][] = [
    [{ imagePullPolicy: 'Always' }, /imagePullPolicy \(.*\) is not in this release yet/],
    [{ imagePullSecret: 'a' }, /imagePullSecret \(.*\) is not in this release yet/],
    [{ verificationKey: 'a' }, /verificationKey \(write sha256 instead\)/],
    [{ type: 'NETWORK' }, /type: NETWORK; write one for HTTP/],
    [{ targetRefs: [{ kind: 'Gateway', name: 'a' }] }, /"Gateway" is not valid here, write Service/],
    [{ pluginConfig: { a: [{ b: Number.POSITIVE_INFINITY }] } }, /pluginConfig.a\[0\].b: is a number that JSON cannot/],
    [{ priority: 2 ** 31 }, /priority: must be at most/],
    [{ match: [{ ports: [{ number: 1 }, { number: 1 }] }] }, /"1" is used twice/],
    [{ targetRefs: [{ kind: 'Service', name: 'vendors' }], match: [{ mode: 'CLIENT' }] }, /CLIENT never fits/],
  ];
  for (const [spec, message] of refused)
    test(JSON.stringify(spec), () => assert.match(check({ spec }).messages, message));
});

describe('the environment of a plugin', () => {
  const env = (...variables: object[]) => check({ spec: { vmConfig: { env: variables } } });
  const tokens = {
    kind: 'TokenPolicy',
    metadata: { name: 'tokens' },
    spec: { systems: [{ id: 'a', secrets: [{ env: 'ORDERS_SECRET' }] }] },
  };
  const plugin = (name: string) => ({
    apiVersion: 'extensions.istio.io/v1alpha1',
    kind: 'WasmPlugin',
    metadata: { name: 'p' },
    spec: { url: 'file://a', vmConfig: { env: [{ name, valueFrom: 'HOST' }] } },
  });
  const vendors = { kind: 'Service', metadata: { name: 'vendors' } };

  test('a secret of a policy is none of its business', () => {
    assert.equal(
      checkDocuments(vendors, tokens, plugin('ORDERS_SECRET')).messages,
      'spec.vmConfig.env[0].name: "ORDERS_SECRET" holds a secret of TokenPolicy "tokens", which a plugin may not read',
    );
    assert.equal(checkDocuments(vendors, tokens, plugin('ORDERS')).messages, '');
    assert.match(env({ name: 'TOLLGATE_SECRET_A', valueFrom: 'HOST' }).messages, /is a variable of Tollgate itself/);
  });

  test('a value belongs to INLINE, a name to one variable', () => {
    assert.equal(env({ name: 'A' }, { name: 'B', value: 'b' }, { name: 'C', valueFrom: 'HOST' }).messages, '');
    assert.match(env({ name: 'A', valueFrom: 'HOST', value: 'a' }).messages, /value: is only for valueFrom: INLINE/);
    assert.match(env({ name: 'A' }, { name: 'A', valueFrom: 'HOST' }).messages, /"A" is used twice/);
    assert.match(env({ name: 'a b' }).messages, /is not the name of an environment variable/);
  });
});

describe('which plugins a service has', () => {
  const order = (...plugins: Written[]) => {
    const { model, messages } = check(...plugins);
    assert.equal(messages, '');
    const vendors = model.of('Service').get('default', 'vendors') ?? assert.fail();
    return pluginsOf(model.of('WasmPlugin'), vendors).map(({ name, namespace }) => `${namespace}/${name}`);
  };

  test('by phase, by descending priority, by name, by namespace', () => {
    const plugin = (name: string, spec: object, namespace = 'default') => ({ metadata: { name, namespace }, spec });
    assert.deepEqual(
      order(
        plugin('last', { priority: 99 }),
        plugin('stats', { phase: 'STATS' }),
        plugin('b', { phase: 'AUTHZ' }),
        plugin('a', { phase: 'AUTHZ' }, 'istio-system'),
        plugin('a', { phase: 'AUTHZ' }),
        plugin('low', { phase: 'AUTHZ', priority: -1 }),
        plugin('high', { phase: 'AUTHZ', priority: 5 }),
        plugin('first', { phase: 'AUTHN' }),
      ).map((key) => key.replace('default/', '')),
      ['first', 'high', 'a', 'istio-system/a', 'b', 'low', 'stats', 'last'],
    );
  });

  test('those that select it, name it, or are for its namespace or for all', () => {
    const named = (name: string, spec: object, namespace = 'default') => ({ metadata: { name, namespace }, spec });
    const target = (name: string) => ({ targetRefs: [{ kind: 'Service', name }] });
    assert.deepEqual(
      order(
        named('all', {}, 'istio-system'),
        named('namespace', {}),
        named('selected', { selector: { matchLabels: { app: 'vendors' } } }),
        named('named', target('vendors')),
        named('other', target('orders')),
        named('others', { selector: { matchLabels: { app: 'orders' } } }),
      ),
      ['istio-system/all', 'default/named', 'default/namespace', 'default/selected'],
    );
  });

  test('one that selects nobody is told, with the label that was meant', () => {
    const warned = (spec: object, namespace = 'default') => check({ metadata: { namespace }, spec }).warnings;
    assert.deepEqual(warned({ selector: { matchLabels: { app: 'vendor' } } }), [
      'spec.selector.matchLabels.app: selects nothing: no Service in namespace default has the label "app: vendor", did you mean "app: vendors"?',
    ]);
    assert.deepEqual(warned({}, 'empty'), ['metadata: governs nothing: there is no Service in namespace empty']);
    assert.deepEqual(warned({ selector: {} }), []);
    assert.match(check({ spec: { selector: { matchLabels: { app: '*' } } } }).messages, /app: has a wildcard/);
  });
});

test('which calls a plugin sees on either side', () => {
  const ports = (...match: object[]) => {
    const plugin = checked({ match });
    return [portsOf(plugin, 'CLIENT'), portsOf(plugin, 'SERVER')];
  };
  const numbers = (...list: number[]) => list.map((number) => ({ number }));
  assert.deepEqual(ports(), ['all', 'all']);
  assert.deepEqual(ports({}), ['all', 'all']);
  assert.deepEqual(ports({ mode: 'UNDEFINED' }), ['all', 'all']);
  assert.deepEqual(ports({ mode: 'CLIENT' }), ['all', 'none']);
  assert.deepEqual(ports({ mode: 'SERVER', ports: numbers(1) }), ['none', [1]]);
  assert.deepEqual(ports({ ports: numbers(1, 2) }, { mode: 'CLIENT', ports: numbers(2, 3) }), [
    [1, 2, 3],
    [1, 2],
  ]);
  assert.deepEqual(ports({ ports: numbers(1) }, { mode: 'SERVER' }), [[1], 'all']);
  const named = checked({ targetRefs: [{ kind: 'Service', name: 'vendors' }] });
  assert.deepEqual([portsOf(named, 'CLIENT'), portsOf(named, 'SERVER')], ['none', 'all']);
});
