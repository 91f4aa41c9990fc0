import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tollgate } from '../support/cli.js';
import { document, file, loopback } from '../support/documents.js';
import { Folder } from '../support/folder.js';

const vendors = document('Service', 'vendors', `{ instances: [${loopback(9001)}] }`);

describe('tollgate validate', () => {
  test('what is right is counted', async () => {
    const { status, stdout, stderr } = await tollgate(['validate', '-f', 'examples/quickstart']);
    assert.equal(stdout, 'valid: 2 services, 2 nodes, 4 policies, 7 examples passed\n');
    assert.equal(stderr, 'running 7 examples in the simulator\n');
    assert.equal(status, 0);
  });

  test('--json is one line on standard output', async () => {
    const { status, stdout } = await tollgate(['validate', '-f', 'examples/hello.yaml', '--json']);
    const result = { valid: true, mistakes: [], services: 1, nodes: 1, policies: 2, examples: 0 };
    assert.equal(stdout, `${JSON.stringify(result)}\n`);
    assert.equal(status, 0);
  });

  const wrong = new Folder({
    'access.yaml': document('AccessPolicy', 'list', '{ rulez: [], rules: [{ name: a, deny: [10.0.0.0/33] }] }'),
    'limits.json':
      '{"apiVersion": "tollgate.dev/v1", "kind": "RateLimitPolici", "metadata": {"name": "x"}, "spec": {}}',
    'services.yaml': `${vendors}---\n${vendors}`,
    'text.yaml': 'a: [1\n',
    'deep/later.yaml': document('AuditPolicy', 'later', '{}'),
  });

  test('all mistakes of all files at once, each with its place and what to write instead', async () => {
    const { status, stdout, stderr } = await tollgate(['validate', '-f', wrong.path]);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    const lines = stderr.trim().split('\n');
    const said = (start: string, ...parts: string[]) =>
      assert.ok(
        lines.some((line) => line.startsWith(`${wrong.path}/${start}`) && parts.every((part) => line.includes(part))),
        `${start} ${parts.join(' … ')} in\n${stderr}`,
      );
    said('access.yaml:4:9 spec.rulez: unknown field "rulez", did you mean "rules"?');
    said('access.yaml:4:46 spec.rules[0].deny[0]: "10.0.0.0/33"', '/32');
    said('limits.json:1:', 'did you mean "RateLimitPolicy"?');
    said('services.yaml:8:13 metadata.name: Service "vendors" already exists');
    said('text.yaml:', 'is not valid YAML');
    said('deep/later.yaml:2:', 'kind: the kind AuditPolicy is not in this release yet');
    assert.equal(lines.length, 6, stderr);
  });

  test('the same as JSON, status 1 too', async () => {
    const { status, stdout, stderr } = await tollgate(['validate', '--json', '-f', wrong.path]);
    const { valid, mistakes } = JSON.parse(stdout);
    assert.deepEqual([status, valid, mistakes.length, stderr], [1, false, 6, '']);
    assert.deepEqual(Object.keys(mistakes[0]), ['file', 'line', 'column', 'path', 'message']);
  });

  test('a reference to what is not there is a mistake, with the near word', async () => {
    const target = '{ targetRefs: [{ kind: Service, name: vendor }], rules: [{ name: a, deny: [10.0.0.1] }] }';
    const folder = new Folder({ 'p.yaml': file(vendors, document('AccessPolicy', 'list', target)) });
    const { status, stderr } = await tollgate(['validate', '-f', folder.file('p.yaml')]);
    assert.match(
      stderr,
      /p\.yaml:9:.* spec\.targetRefs\[0\]\.name: there is no Service "vendor", did you mean "vendors"\?\n$/,
    );
    assert.equal(status, 1);
  });

  test('a red example is a mistake at its line', async () => {
    const policy = `${document('AccessPolicy', 'list', '').trimEnd()}
  rules: [{ name: banned, deny: [192.0.2.0/24] }]
  examples:
    - { request: { address: 192.0.2.9 }, expect: { verdict: denied, reason: address_denied } }
    - { request: { address: 192.0.2.9 }, expect: { verdict: allowed } }
`;
    const folder = new Folder({ 'p.yaml': file(policy, vendors) });
    const { status, stderr } = await tollgate(['validate', '-f', folder.path]);
    assert.equal(status, 1);
    assert.equal(
      stderr.split('\n')[1],
      `${folder.file('p.yaml')}:8:7 spec.examples[1]: the example fails: expected allowed, got denied address_denied list/banned`,
    );
  });

  test('a directory that is not there, and one without policies', async () => {
    const folder = new Folder({ 'notes.txt': 'no policy' });
    const missing = await tollgate(['validate', '-f', folder.file('nowhere')]);
    assert.deepEqual(
      [missing.status, missing.stderr],
      [1, `tollgate: there is no file or directory ${folder.file('nowhere')}\n`],
    );
    const empty = await tollgate(['validate', '-f', folder.path]);
    assert.equal(
      empty.stderr,
      `tollgate: there are no policies in ${folder.path}: write *.yaml, *.yml or *.json files there\n`,
    );
    assert.deepEqual([empty.status, empty.stdout], [1, '']);
  });

  test('a secret file among the policies is data, whatever its name', async () => {
    const systems = '{ systems: [{ id: orders, secrets: [{ file: secrets/orders.yaml }, { file: old.json }] }] }';
    const folder = new Folder({
      'p.yaml': file(vendors, document('TokenPolicy', 'tokens', systems)),
      'secrets/orders.yaml': 's3cret: [\n',
      'old.json': 'old-s3cret',
    });
    const { status, stdout, stderr } = await tollgate(['validate', '-f', folder.path]);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^valid: 1 service, 0 nodes, 1 policy, 0 examples passed/);
  });
});
