import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fromJson } from '@bufbuild/protobuf';
import { compile, staticBootstrap, systemAuthorities } from '@tollgate/envoy';
import { BootstrapSchema } from '@tollgate/envoy/gen/envoy/config/bootstrap/v3/bootstrap_pb';
import { registry } from '@tollgate/envoy/registry';
import { findNode } from '@tollgate/model';
import { checkFile, joinFiles, readPolicyFiles } from '@tollgate/policies';
import { parse, stringify } from 'yaml';
import { root } from '../support/cli.js';
import { realEnvoy } from '../support/envoy.js';
import { Folder } from '../support/folder.js';
import { certificate } from '../support/issuer.js';

// The bootstraps as a reviewer reads them: what a change of the compiler does to Envoy's configuration is a diff here.
// UPDATE_GOLDEN=1 writes them anew.
const golden = fileURLToPath(new URL('expected/', import.meta.url));
const update = process.env.UPDATE_GOLDEN === '1';

/** From the root of the repository, and so the same on every machine. Envoy runs there too. */
const wasm = { path: 'filters/build/governance.wasm' };

const sets: [policies: string, nodes: string[]][] = [
  ['examples/quickstart', ['orders-1', 'vendors-1']],
  ['examples/hello.yaml', ['hello-1']],
  ['tests/golden/sets/mesh.yaml', ['shared-1', 'vendors-1']],
  ['tests/golden/sets/breaker.yaml', ['orders-1']],
  ['tests/golden/sets/issuers.yaml', ['vendors-2']],
];
const named = sets.flatMap(([policies, nodes]) =>
  nodes.map((node) => ({ policies, node, file: `${policies.match(/([a-z]+)(\.yaml)?$/)?.[1]}.${node}.yaml` })),
);

function bootstrapOf(policies: string, node: string) {
  const read = readPolicyFiles([root + policies]).map(({ file, text }) => checkFile(file.slice(root.length), text));
  const { model, mistakes } = joinFiles(read);
  assert.deepEqual(mistakes, []);
  const found = findNode(model, node);
  const resources = compile(model, found, { version: 'golden', wasm });
  return { bootstrap: staticBootstrap(found, resources), secrets: resources.secrets };
}

test('no expected file is left of a set that is gone', () => {
  assert.deepEqual(readdirSync(golden).sort(), named.map(({ file }) => file).sort());
});

for (const { policies, node, file } of named) {
  describe(`${policies}, node ${node}`, () => {
    const { bootstrap, secrets } = bootstrapOf(policies, node);
    before(() => {
      if (!update) return;
      mkdirSync(golden, { recursive: true });
      writeFileSync(golden + file, stringify(bootstrap));
    });

    test(`is ${file}`, () => {
      assert.equal(stringify(bootstrap), readFileSync(golden + file, 'utf8'), 'UPDATE_GOLDEN=1 writes the new one');
    });

    test('is a Bootstrap message: every field, and every message inside an Any, is one that Envoy has', () => {
      const message = fromJson(BootstrapSchema, bootstrap, { registry });
      assert.deepEqual(
        message.staticResources?.listeners.map(({ name }) => name),
        bootstrap.static_resources?.listeners?.map(({ name }) => name),
      );
    });

    test('is accepted by Envoy', async () => {
      const { path } = await realEnvoy();
      // Not every machine has authorities, and Envoy wants to read them.
      const folder = new Folder({ 'ca.pem': certificate });
      const text = stringify(bootstrap).replaceAll(systemAuthorities, folder.file('ca.pem'));
      folder.write('bootstrap.yaml', text);
      const env = Object.fromEntries(secrets.map(({ name }) => [name, 'golden-secret']));
      const args = ['--mode', 'validate', '-c', folder.file('bootstrap.yaml'), '--log-level', 'warning'];
      const { status, stdout, stderr } = spawnSync(path, args, { cwd: root, env, encoding: 'utf8' });
      assert.equal(status, 0, `${stdout}${stderr}`);
      assert.match(stdout, /^configuration '.*' OK$/m);
    });
  });
}

test('a field that Envoy does not know would be seen', () => {
  const { bootstrap } = bootstrapOf('examples/hello.yaml', 'hello-1');
  const broken = parse(stringify(bootstrap).replace('merge_slashes', 'merge_slashs'));
  assert.throws(() => fromJson(BootstrapSchema, broken, { registry }), /merge_slashs/);
});

test('the granted-only service is in nobody else’s bootstrap', () => {
  const text = (node: string) => stringify(bootstrapOf('tests/golden/sets/mesh.yaml', node).bootstrap);
  const [shared, own] = [text('shared-1'), text('vendors-1')];
  assert.equal(own.includes('ledger'), false);
  const [, orders = '', billing = ''] = shared.split(/^ {4}- name: outbound\//m);
  assert.equal(orders.includes('default/ledger'), false, 'orders cannot route to it');
  assert.ok(billing.includes('default/ledger'));
});
