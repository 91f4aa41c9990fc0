import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { policyJsonSchema } from '@tollgate/model';
import { readDocuments } from '@tollgate/policies';
import { Ajv } from 'ajv';
import { root, tollgate } from '../support/cli.js';
import { Folder } from '../support/folder.js';

const documentsIn = (file: string) => readDocuments(file, readFileSync(file, 'utf8')).documents;
const yaml = (folder: string) =>
  readdirSync(`${root}${folder}`)
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.envoy.yaml'))
    .map((name) => `${root}${folder}/${name}`);

describe('tollgate schema', () => {
  const check = new Ajv({ strict: false, allErrors: true }).compile(policyJsonSchema());
  const mistakes = (document: unknown) => {
    check(document);
    return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  test('prints it, or writes it to a file', async () => {
    const folder = new Folder();
    const file = folder.file('schema.json');
    const printed = await tollgate(['schema']);
    assert.deepEqual(JSON.parse(printed.stdout), JSON.parse(JSON.stringify(policyJsonSchema())));
    assert.equal((await tollgate(['schema', '-o', file])).stdout, `wrote ${file}\n`);
    assert.equal(readFileSync(file, 'utf8'), printed.stdout);
  });

  test('accepts what is right', () => {
    const files = [`${root}examples/hello.yaml`, ...yaml('examples/quickstart'), ...yaml('tests/golden/features')];
    const documents = files.flatMap(documentsIn);
    assert.ok(documents.length > 20);
    for (const { value, source } of documents) assert.deepEqual(mistakes(value), [], source.file);
  });

  test('names what is wrong', () => {
    const policy = (kind: string, spec: unknown) => ({
      apiVersion: 'tollgate.dev/v1',
      kind,
      metadata: { name: 'a' },
      spec,
    });
    const wrong: [unknown, RegExp][] = [
      [policy('AccesPolicy', {}), /^\/kind must be equal to one of the allowed values$/],
      [policy('AccessPolicy', { rules: [] }), /^\/spec\/rules must NOT have fewer than 1 items$/],
      [policy('AccessPolicy', { side: 'left', rules: [{ name: 'a' }] }), /^\/spec\/side must be equal to one of/],
      [policy('AccessPolicy', { rulez: [] }), /^\/spec must NOT have additional properties$/],
      [{ ...policy('AccessPolicy', { rules: [{ name: 'a' }] }), apiVersion: 'v1' }, /^\/apiVersion must be equal/],
      [{ kind: 'Service' }, /^ must have required property 'metadata'$/],
    ];
    for (const [document, message] of wrong) assert.match(mistakes(document).join('\n'), new RegExp(message, 'm'));
  });
});
