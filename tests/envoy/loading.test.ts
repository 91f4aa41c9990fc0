// The examples that load a filter without our control plane: the plain ones on a real Envoy, those for Kubernetes by their form.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { startEnvoy } from '@tollgate/envoy/binary';
import { type FilterName, filterSchemas } from '@tollgate/envoy/filter-config';
import { parse } from 'yaml';
import { type Application, startApplication } from '../support/application.js';
import { realEnvoy } from '../support/envoy.js';
import { freePorts } from '../support/ports.js';
import { rawHttp } from '../support/raw-http.js';

const folder = new URL('../../examples/loading/', import.meta.url);
const read = (filter: string, file: string) => readFileSync(new URL(`${filter}/${file}`, folder), 'utf8');
const resolve = createRequire(import.meta.url).resolve;
const secrets = {
  ORDERS_SECRET: 's3cret',
  ISSUER_KEYS: '{"keys":[{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}]}',
};

/** The filters of calls; that of connections has its example in its README. */
type CallFilter = Exclude<FilterName, 'tcp'>;

/** Paths asked for one after the other, and the reasons of the answers. */
const expected: Record<CallFilter, [paths: string[], reasons: (string | undefined)[]]> = {
  access: [
    ['/', '/admin'],
    [undefined, 'address_not_allowed'],
  ],
  token: [['/'], ['token_missing']],
  jwt: [['/'], ['jwt_missing']],
  ratelimit: [Array(6).fill('/'), [...Array(5).fill(undefined), 'rate_limited']],
  breaker: [Array(6).fill('/status/500'), [...Array(5).fill(undefined), 'breaker_open']],
  governance: [['/'], ['token_missing']],
};

describe('examples of loading', () => {
  let application: Application;
  before(async () => {
    application = await startApplication();
  });
  after(() => application.close());

  test('are there for every filter of calls', () => {
    const names = Object.keys(filterSchemas).filter((name) => name !== 'tcp');
    assert.deepEqual(readdirSync(folder).sort(), names.sort());
  });

  for (const [filter, [paths, reasons]] of Object.entries(expected) as [FilterName, [string[], string[]]][]) {
    test(`${filter} in a plain Envoy`, async () => {
      const [port = 0] = await freePorts(1);
      const text = read(filter, 'envoy.yaml')
        .replace('port_value: 10000', `port_value: ${port}`)
        .replace('port_value: 8080', `port_value: ${application.port}`)
        .replace(`filters/build/${filter}.wasm`, resolve(`@tollgate/filters/build/${filter}.wasm`));
      const { path } = await realEnvoy();
      const envoy = startEnvoy({ path, nodeName: 'example', bootstrap: parse(text), env: secrets, concurrency: 1 });
      try {
        await envoy.ready;
        const seen: (string | undefined)[] = [];
        for (const target of paths) {
          const { headers } = await rawHttp({ port, path: target, headers: [['host', 'vendors']] });
          seen.push(headers.find(([name]) => name === 'x-tollgate-reason')?.[1]);
        }
        assert.deepEqual(seen, reasons);
      } finally {
        await envoy.stop();
      }
    });

    test(`${filter} as Istio's WasmPlugin`, () => {
      const { apiVersion, kind, metadata, spec } = parse(read(filter, 'istio.yaml'));
      assert.deepEqual([apiVersion, kind], ['extensions.istio.io/v1alpha1', 'WasmPlugin']);
      assert.ok(metadata.name && metadata.namespace);
      onlyHas(spec, ['selector', 'url', 'phase', 'failStrategy', 'match', 'vmConfig', 'pluginConfig']);
      assert.match(spec.url, /^oci:\/\//);
      assert.ok(['AUTHN', 'AUTHZ', 'STATS'].includes(spec.phase));
      assert.equal(spec.failStrategy, 'FAIL_RELOAD');
      assert.deepEqual(spec.match, [{ mode: 'SERVER' }]);
      for (const variable of spec.vmConfig?.env ?? [])
        assert.deepEqual(variable, { name: variable.name, valueFrom: 'HOST' });
      filterSchemas[filter].parse(spec.pluginConfig);
    });

    test(`${filter} as Envoy Gateway's EnvoyExtensionPolicy`, () => {
      const { apiVersion, kind, metadata, spec } = parse(read(filter, 'envoy-gateway.yaml'));
      assert.deepEqual([apiVersion, kind], ['gateway.envoyproxy.io/v1alpha1', 'EnvoyExtensionPolicy']);
      assert.ok(metadata.name && metadata.namespace);
      onlyHas(spec, ['targetRefs', 'wasm']);
      for (const reference of spec.targetRefs) onlyHas(reference, ['group', 'kind', 'name']);
      assert.equal(spec.wasm.length, 1);
      const [{ code, env, ...plugin }] = spec.wasm;
      onlyHas(plugin, ['name', 'rootID', 'failOpen', 'config']);
      assert.equal(plugin.failOpen, false);
      assert.deepEqual([code.type, Object.keys(code.image)], ['Image', ['url']]);
      if (env) onlyHas(env, ['hostKeys']);
      filterSchemas[filter].parse(plugin.config);
    });
  }
});

function onlyHas(value: object, fields: string[]): void {
  assert.deepEqual(
    Object.keys(value).filter((key) => !fields.includes(key)),
    [],
  );
}
