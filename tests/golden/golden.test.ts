// The compiler's output as a reviewer reads it: what a change of the compiler does to Envoy's configuration is a diff here.
// base.yaml compiles to base.envoy.yaml; every other case shows what its documents change in that, proxy by proxy.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import { type Bootstrap, watchingBootstrap } from '@tollgate/envoy';
import { BootstrapSchema } from '@tollgate/envoy/gen/envoy/config/bootstrap/v3/bootstrap_pb';
import { registry } from '@tollgate/envoy/registry';
import { kinds } from '@tollgate/model';
import { parse, stringify } from 'yaml';
import { Folder } from '../support/folder.js';
import { assertGolden } from '../support/golden.js';
import { modelOf } from '../support/model.js';
import { assertEnvoyTakes } from '../support/validate.js';
import { base, type Case, fileOf, namesIn, readCase } from './cases.js';
import { difference, type Tree } from './difference.js';
import { unwrittenFields } from './every-field.js';
import { readable } from './readable.js';
import { together } from './together.js';

const kindCases = namesIn('kinds', '.yaml');
const cases = [...kindCases, ...namesIn('features', '.yaml')].map(readCase);

/** What a case changes of the base, by proxy. */
function changes({ proxies }: Case): Tree {
  return Object.fromEntries(
    [...proxies].flatMap(([node, { bootstrap }]) => {
      const of = base.proxies.get(node)?.bootstrap;
      const changed = difference(of && readable(of), readable(bootstrap));
      return changed === undefined ? [] : [[node, changed]];
    }),
  );
}

const text = (tree: unknown) => stringify(tree, { lineWidth: 0, aliasDuplicateObjects: false });

test('the base is as it was read and agreed', () => {
  const all = [...base.proxies].map(([node, { bootstrap }]) => [node, readable(bootstrap)]);
  assertGolden(fileOf('base', 'envoy.yaml'), text(Object.fromEntries(all)));
});

describe('what a case changes is as it was read and agreed', () => {
  for (const each of cases)
    test(each.name, () => {
      const changed = changes(each);
      assert.notDeepEqual(changed, {}, 'it changes nothing');
      assertGolden(fileOf(each.name, 'envoy.yaml'), text(changed));
    });
});

test('every kind of document has a case, and no expected file is left of a case that is gone', () => {
  assert.deepEqual(
    kindCases,
    [...kinds].sort().map((kind) => `kinds/${kind}`),
  );
  for (const name of kindCases) assert.ok(readCase(name).documents.some(({ kind }) => name === `kinds/${kind}`));
  for (const folder of ['kinds', 'features'] as const)
    assert.deepEqual(namesIn(folder, '.envoy.yaml'), namesIn(folder, '.yaml'));
});

test('every field of every kind is in a case', () => {
  assert.deepEqual(unwrittenFields(cases.flatMap(({ documents }) => documents)), []);
});

/** Every field, and every message inside an Any, is one that Envoy has. */
const asMessage = (bootstrap: Bootstrap) => fromJson(BootstrapSchema, bootstrap, { registry });

test('every bootstrap is a Bootstrap message', () => {
  for (const { name, proxies } of [base, ...cases])
    for (const [node, { bootstrap }] of proxies) assert.doesNotThrow(() => asMessage(bootstrap), `${name}, ${node}`);
});

test('a field that Envoy does not know would be seen', () => {
  const { bootstrap } = base.proxies.get('vendors-1') ?? assert.fail();
  const broken = parse(text(bootstrap).replace('merge_slashes', 'merge_slashs'));
  assert.throws(() => asMessage(broken), /merge_slashs/);
});

test('Envoy takes all of them', async () => {
  const { bootstrap, secrets } = together([base, ...cases]);
  await assertEnvoyTakes(bootstrap, secrets);
  const { bootstrap: administered } = readCase('kinds/Node').proxies.get('vendors-1') ?? assert.fail();
  await assertEnvoyTakes(administered);
});

test('a bootstrap that follows two files', async () => {
  const node = modelOf(base.documents.map((document) => JSON.stringify(document)).join('\n---\n')).of('Node').all[0];
  assert.ok(node);
  const folder = new Folder();
  const files = {
    listeners: folder.write('listeners.yaml', 'resources: []\n'),
    clusters: folder.write('clusters.yaml', 'resources: []\n'),
  };
  const bootstrap = watchingBootstrap(node, files);
  assertGolden(fileOf('watching', 'envoy.yaml'), text(bootstrap).replaceAll(folder.path, '/resources'));
  assert.doesNotThrow(() => asMessage(bootstrap));
  await assertEnvoyTakes(bootstrap);
});
