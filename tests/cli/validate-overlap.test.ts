import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tollgate } from '../support/cli.js';
import { Folder } from '../support/folder.js';

const policy = (intended = '') => `apiVersion: tollgate.dev/v1
kind: Service
metadata: { name: vendors }
---
apiVersion: tollgate.dev/v1
kind: TokenPolicy
metadata: { name: tokens }
spec:
  systems: [{ id: orders, secrets: [{ file: orders }] }]
  rules:
  - { name: adm, match: [{ path: { prefix: /adm } }], require: none${intended} }
  - { name: admin, match: [{ path: { prefix: /admin } }] }
  - { name: default }
`;

async function validate(text: string) {
  const folder = new Folder({ 'p.yaml': text, orders: 's3cret' });
  const { status, stderr } = await tollgate(['validate', '-f', folder.path]);
  return { status, said: stderr.replaceAll(`${folder.path}/`, '') };
}

test('a rule that opens what a later one protects is a mistake at its line', async () => {
  const { status, said } = await validate(policy());
  assert.match(said, /^p\.yaml:11:5 spec\.rules\[0\]: lets through what the rule "admin" below would refuse, /);
  assert.equal(status, 1);
});

test('where it is intended, the later one is still told to be useless', async () => {
  const { status, said } = await validate(policy(', overlap: intended'));
  assert.match(said, /^warning: p\.yaml:12:5 spec\.rules\[1\]: can never match: the rule "adm" above it [^\n]*\n$/);
  assert.equal(status, 0);
});
