// A key set that stands in line is right or wrong for the filter and for the schema alike, and the filter says where.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterSchemas } from '@tollgate/envoy/filter-config';
import fc from 'fast-check';
import { jwk, keySet } from './jwt-token.js';
import { load, policy } from './load.js';

/** What the filter says; undefined when it takes the set. */
async function refusalOf(inline: string): Promise<string | undefined> {
  const step = { ...policy, providers: [{ name: 'p', issuer: 'i', jwks: { inline } }] };
  const config = { side: 'provider', service: 's', targets: [{ service: 'd/s', jwt: [step] }] };
  const taken = filterSchemas.jwt.safeParse(config).success;
  const refused = await load('jwt', { jwt: [step as never] }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  assert.equal(taken, refused === undefined, `the schema ${taken ? 'takes' : 'refuses'} it: ${refused}\n${inline}`);
  assert.match(
    refused ?? '$.targets[0].jwt[0].providers[0].jwks.inline',
    /\$\.targets\[0\]\.jwt\[0\]\.providers\[0\]\.jwks\.inline/,
  );
  return refused;
}

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((given) => Buffer.from(given).toString('base64url'));
const words = [
  ...['RSA', 'EC', 'OKP', 'oct', 'AKP', 'P-256', 'P-384', 'secp256k1', 'Ed25519', 'Ed448', 'X25519', 'ed25519'],
  ...['EdDSA', 'ES256', 'ES384', 'RS256', 'PS256', 'HS256', 'none', 'sig', 'enc', '', 'AA', 'A', 'AQAB', 'a=', 'A+'],
];
const values = fc.oneof(
  fc.constantFrom(undefined, null, 0, 1, true, [], {}, ['sign'], ['verify', 1], ...words),
  bytes(31),
  bytes(32),
  bytes(33),
);
const names = fc.constantFrom('kty', 'kid', 'alg', 'use', 'key_ops', 'n', 'e', 'crv', 'x', 'y');
const key = fc
  .tuple(
    fc.constantFrom('RS256', 'ES256', 'ES384', 'EdDSA', 'EdDSA').map((algorithm) => jwk(algorithm as 'EdDSA')),
    fc.array(fc.tuple(names, values), { maxLength: 2 }),
  )
  .map(([right, changes]) => ({ ...right, ...Object.fromEntries(changes) }));

test('any set is taken by both or by neither', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(key, { minLength: 1, maxLength: 3 }), async (keys) => {
      await refusalOf(keySet(...keys));
    }),
    { numRuns: 600 },
  );
});

test('of any 32 bytes both find the same to be a point', async () => {
  let points = 0;
  await fc.assert(
    fc.asyncProperty(bytes(32), async (x) => {
      if ((await refusalOf(keySet(jwk('EdDSA', { x })))) === undefined) points++;
    }),
    { numRuns: 200 },
  );
  assert.ok(points > 40 && points < 160, `${points} of 200`);
});

/** y of the points of a small order, of one beside them, and of what is none; with and without the sign of x. */
const p = 2n ** 255n - 19n;
const order8 = [
  0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
];
const edges: [what: string, y: bigint, taken: boolean][] = [
  ...[0n, 1n, p - 1n, ...order8].map((y): [string, bigint, boolean] => [`a small order, ${y}`, y, false]),
  ['no point', 2n, false],
  ['a point', 3n, true],
  ['the same point in another form', p + 3n, false],
  ['zero in another form', p, false],
  ['the largest number', 2n ** 255n - 1n, false],
];
for (const [what, y, taken] of edges)
  test(`an Ed25519 key of ${what} is ${taken ? 'taken' : 'refused'} by both`, async () => {
    for (const sign of [0n, 2n ** 255n]) {
      const x = Buffer.from((y + sign).toString(16).padStart(64, '0'), 'hex')
        .reverse()
        .toString('base64url');
      const refused = await refusalOf(keySet(jwk('EdDSA', { x })));
      assert.equal(refused === undefined, taken, refused);
      if (!taken) assert.match(refused ?? '', /inline\.keys\[0\]\.x: must be a point of the curve/);
    }
  });
