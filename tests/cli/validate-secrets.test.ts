import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { describe, test } from 'node:test';
import { jwk, keySet } from '../filters/jwt-token.js';
import { tollgate } from '../support/cli.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { Folder } from '../support/folder.js';

const vendors = document('Service', 'vendors', '{}');
const jwtPolicy = (jwks: string) =>
  document('JwtPolicy', 'jwt', `{ providers: [{ name: p, issuer: i, jwks: ${jwks} }] }`);
const tokenPolicy = (secrets: string) =>
  document('TokenPolicy', 'tokens', `{ systems: [{ id: orders, secrets: [${secrets}] }] }`);

interface Said {
  status: number;
  said: string;
}

/** What is said of one policy in `p.yaml`, whose specification is in line 9, and of the files beside it. */
async function validate(policy: string, files: Record<string, string> = {}, env = {}): Promise<Said> {
  const folder = new Folder({ 'p.yaml': file(vendors, policy), ...files });
  const { status, stderr } = await tollgate(['validate', '-f', folder.path], {
    env: { ORDERS_SECRET: undefined, KEYS: undefined, ...env },
  });
  return { status: status ?? -1, said: stderr.replaceAll(`${folder.path}/`, '') };
}

describe('key sets that a JwtPolicy names', () => {
  const wrong: [what: string, jwks: string, files: Record<string, string>, said: RegExp][] = [
    ['missing', '{ file: keys/idp.json }', {}, /jwks\.file: there is no file keys\/idp\.json$/],
    [
      'misspelt',
      '{ file: keys/ipd.json }',
      { 'keys/idp.json': keySet(jwk('RS256')) },
      /there is no file keys\/ipd\.json, did you mean "keys\/idp\.json"\?$/,
    ],
    ['empty', '{ file: k.json }', { 'k.json': '' }, /k\.json: is empty$/],
    ['no JSON', '{ file: k.json }', { 'k.json': '{' }, /k\.json: is not valid JSON$/],
    ['no key set', '{ file: k.json }', { 'k.json': '[1]' }, /k\.json: is not a key set, write \{"keys":\[…\]\}$/],
    ['a folder', '{ file: k }', { 'k/x.txt': '' }, /k cannot be read here: /],
    [
      'a short RSA key',
      '{ file: k.json }',
      { 'k.json': keySet(jwk('RS256', { n: 'v'.repeat(128) })) },
      /k\.json: the key "RS256" needs a modulus \(n\) in base64url of 2048 to 8192 bits$/,
    ],
    [
      'a short symmetric key',
      '{ file: k.json }',
      { 'k.json': '{"keys":[{"kty":"oct","kid":"a","k":"c2hvcnQ"}]}' },
      /k\.json: the key "a" needs a k in base64url of at least 32 bytes$/,
    ],
    [
      'a symmetric key too short for its algorithm',
      '{ file: k.json }',
      { 'k.json': `{"keys":[{"kty":"oct","alg":"HS512","k":"${'A'.repeat(43)}"}]}` },
      /k\.json: the key without a kid is for HS512; a symmetric key of its length can verify HS256$/,
    ],
  ];
  for (const [what, jwks, files, expected] of wrong)
    test(`${what}: a mistake at the line of the policy, and only one`, async () => {
      const { status, said } = await validate(jwtPolicy(jwks), files);
      assert.match(said.trimEnd(), expected);
      assert.match(said, /^p\.yaml:9:\d+ spec\.providers\[0\]\.jwks\.file: [^\n]*\n$/);
      assert.equal(status, 1);
    });

  test('of an environment variable: wrong is a mistake, not set a warning', async () => {
    const garbage = await validate(jwtPolicy('{ env: KEYS }'), {}, { KEYS: 'x' });
    assert.equal(garbage.said, 'p.yaml:9:51 spec.providers[0].jwks.env: KEYS: is not valid JSON\n');
    assert.equal(garbage.status, 1);
    const unset = await validate(jwtPolicy('{ env: KEYS }'));
    const line = 'p.yaml:9:51 spec.providers[0].jwks.env: KEYS is not set here: set it where Envoy runs';
    assert.deepEqual(unset, { status: 0, said: `warning: ${line}\n` });
  });

  test('of a path from the root may be where Envoy runs', async () => {
    const { status, said } = await validate(jwtPolicy('{ file: /nowhere/keys.json }'));
    assert.equal(status, 0);
    assert.match(
      said,
      /^warning: p\.yaml:9:51 .*there is no file \/nowhere\/keys\.json here: put it where Envoy runs\n$/,
    );
  });

  test('right ones, public and symmetric, say nothing', async () => {
    const all = keySet(jwk('RS256'), jwk('HS256'));
    assert.deepEqual(await validate(jwtPolicy('{ file: k.json }'), { 'k.json': all }), { status: 0, said: '' });
    assert.deepEqual(await validate(jwtPolicy('{ env: KEYS }'), {}, { KEYS: all }), { status: 0, said: '' });
  });

  const mistaken = { 'keys/idp.json': keySet(jwk('RS256')) };
  for (const [what, policy, line] of [
    ['in a policy with a mistake', jwtPolicy('{ file: keys/idp.json }, audience: x'), /^p\.yaml:9:.*"audience"/],
    [
      'in a file that is not YAML',
      `${jwtPolicy('{ file: keys/idp.json }')}x: [\n`,
      /^p\.yaml:\d+:\d+ is not valid YAML/,
    ],
  ] as const)
    test(`${what}: their file is read as no policy`, async () => {
      const { status, said } = await validate(policy, mistaken);
      assert.match(said, line);
      assert.doesNotMatch(said, /idp\.json/);
      assert.equal(status, 1);
    });
});

describe('secrets that a TokenPolicy names', () => {
  test('a missing file is a warning, for it may be where Envoy runs', async () => {
    const { status, said } = await validate(tokenPolicy('{ file: secrets/orders }'));
    const place = 'p.yaml:9:45 spec.systems[0].secrets[0].file';
    assert.equal(said, `warning: ${place}: there is no file secrets/orders here: put it where Envoy runs\n`);
    assert.equal(status, 0);
  });

  test('so is one of several, and a name that is nearly right is said', async () => {
    const files = { 'secrets/orders': 's3cret', 'secrets/previous': 's3cret' };
    const { status, said } = await validate(tokenPolicy('{ file: secrets/orders }, { file: secrets/previos }'), files);
    assert.match(
      said,
      /^warning: p\.yaml:9:\d+ .*there is no file secrets\/previos here, did you mean "secrets\/previous"\?\n$/,
    );
    assert.equal(status, 0);
  });

  for (const [what, bytes, expected] of [
    ['an empty file', '', /orders: is empty$/],
    ['a file of a newline alone', '\n', /orders: is empty$/],
    ['a file with a zero byte', 'a\0b', /orders: is not UTF-8 text or contains a zero byte/],
  ] as const)
    test(`${what} is a mistake, beside a right one too`, async () => {
      const files = { orders: bytes, previous: 's3cret' };
      const { status, said } = await validate(tokenPolicy('{ file: orders }, { file: previous }'), files);
      assert.match(said.trimEnd(), expected);
      assert.match(said, /^p\.yaml:9:\d+ spec\.systems\[0\]\.secrets\[0\]\.file: /);
      assert.equal(status, 1);
    });

  test('a variable that is not set is a warning where the system has no other secret', async () => {
    const alone = await validate(tokenPolicy('{ env: ORDERS_SECRET }'));
    const line = 'p.yaml:9:45 spec.systems[0].secrets[0].env: ORDERS_SECRET is not set here: set it where Envoy runs';
    assert.deepEqual(alone, { status: 0, said: `warning: ${line}\n` });
    const beside = await validate(tokenPolicy('{ env: ORDERS_SECRET }, { file: previous }'), { previous: 's3cret' });
    assert.deepEqual(beside, { status: 0, said: '' });
  });

  test('a file that only another user may read is a warning', { skip: process.getuid?.() === 0 }, async () => {
    const folder = new Folder({ 'p.yaml': file(vendors, tokenPolicy('{ file: orders }')), orders: 's3cret' });
    chmodSync(folder.file('orders'), 0);
    const { status, stderr } = await tollgate(['validate', '-f', folder.path]);
    assert.match(stderr, /^warning: .*orders cannot be read here: /);
    assert.equal(status, 0);
  });
});

test('--json has the warnings beside the mistakes', async () => {
  const folder = new Folder({ 'p.yaml': file(vendors, tokenPolicy('{ file: orders }')) });
  const { status, stdout } = await tollgate(['validate', '-f', folder.path, '--json']);
  const { valid, mistakes, warnings } = JSON.parse(stdout);
  assert.deepEqual([status, valid, mistakes, warnings.length, warnings[0].line], [0, true, [], 1, 9]);
});

test('bootstrap, which may be for another machine, warns of what is wrong or missing here', async () => {
  const folder = new Folder({
    'p.yaml': file(vendors, vendorsNode({ listen: 1, to: 2 }), tokenPolicy('{ file: orders }, { file: previous }')),
    orders: '',
  });
  const { status, stderr } = await tollgate(['bootstrap', '-f', folder.path, '--node', 'vendors-1']);
  assert.match(stderr, /^warning: .*p\.yaml:14:\d+ spec\.systems\[0\]\.secrets\[0\]\.file: orders: is empty$/m);
  assert.match(
    stderr,
    /^warning: .*p\.yaml:14:\d+ spec\.systems\[0\]\.secrets\[1\]\.file: there is no file previous here/m,
  );
  assert.equal(status, 0);
});
