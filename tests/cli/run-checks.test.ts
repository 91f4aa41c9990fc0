import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tollgate } from '../support/cli.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { Folder } from '../support/folder.js';

// What `tollgate run` finds wrong before it starts anything, as `validate` does.

const env = { TOLLGATE_DATA_PLANE: 'simulator' };
const vendors = document('Service', 'vendors', '{}');
const access = (example: string) =>
  document('AccessPolicy', 'list', `{ rules: [{ name: banned, deny: [192.0.2.0/24] }], examples: [${example}] }`);

test('a red example ends the start at its line', async () => {
  const red = access('{ request: { address: 192.0.2.9 }, expect: { verdict: allowed } }');
  const folder = new Folder({ 'p.yaml': file(vendors, vendorsNode({ listen: 1, to: 2 }), red) });
  const { status, stdout, stderr } = await tollgate(['run', '-f', folder.path], { env });
  const place = `${folder.file('p.yaml')}:14:69 spec.examples[0]`;
  assert.equal(stderr, `${place}: the example fails: expected allowed, got denied address_denied list/banned\n`);
  assert.deepEqual([status, stdout], [1, '']);
});

test('all wrong key sets, secrets and examples are told at once, before anything starts', async () => {
  const folder = new Folder({
    'p.yaml': file(
      vendors,
      vendorsNode({ listen: 1, to: 2 }),
      access('{ request: { address: 10.0.0.1 }, expect: { verdict: denied } }'),
      document('JwtPolicy', 'jwt', '{ providers: [{ name: p, issuer: i, jwks: { file: keys.json } }] }'),
      document('TokenPolicy', 'tokens', '{ systems: [{ id: orders, secrets: [{ file: orders }] }] }'),
    ),
    'keys.json': '{"keys":',
    orders: '',
  });
  const { status, stderr } = await tollgate(['run', '-f', folder.path], { env });
  assert.deepEqual(stderr.match(/ spec[^:]*: /g), [
    ' spec.systems[0].secrets[0].file: ',
    ' spec.providers[0].jwks.file: ',
    ' spec.examples[0]: ',
  ]);
  assert.equal(status, 1);
});

test('two nodes on one address are told by their names, before a port is tried', async () => {
  const socket = '{ listen: { address: 127.0.0.1, port: 15001 } }';
  const node = (name: string) => document('Node', name, `{ services: [vendors], outbound: ${socket} }`);
  const folder = new Folder({ 'p.yaml': file(vendors, node('a'), node('b')) });
  const { status, stderr } = await tollgate(['run', '-f', folder.path], { env });
  assert.match(stderr, /p\.yaml:14:\d+ spec\.outbound: 127\.0\.0\.1 port 15001 is also taken by node "a": /);
  assert.equal(status, 1);
  const valid = await tollgate(['validate', '-f', folder.path]);
  assert.match(
    valid.stderr,
    /^warning: .*p\.yaml:14:\d+ spec\.outbound: 127\.0\.0\.1 port 15001 is also taken by node "a": .*\n$/,
  );
  assert.equal(valid.status, 0, 'on two machines they may');
});
