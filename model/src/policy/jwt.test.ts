import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { checkDocuments } from '../testing/check-documents.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519Key = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const rsaKey = rsa.publicKey.export({ format: 'jwk' });

function check(provider: object, spec: object = {}, ...more: object[]) {
  const documents = [
    { kind: 'Service', metadata: { name: 'vendors' } },
    {
      kind: 'JwtPolicy',
      metadata: { name: 'jwt' },
      spec: {
        providers: [{ name: 'corporate', issuer: 'https://issuer.example', jwks: { env: 'KEYS' }, ...provider }],
        ...spec,
      },
    },
    ...more,
  ];
  return checkDocuments(...documents);
}

const messages = (...given: Parameters<typeof check>) => check(...given).messages;
/** A point's y, as a key has it. */
const point = (y: bigint) => Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse().toString('base64url');
const inline = (...keys: object[]) => ({ jwks: { inline: JSON.stringify({ keys }) } });

test('defaults are those of the policy language', () => {
  const { model, mistakes } = check({});
  assert.deepEqual(mistakes, []);
  const { side, mode, rules, providers } = model.of('JwtPolicy').all[0]?.spec ?? assert.fail();
  assert.deepEqual(
    { side, mode, rules },
    { side: 'provider', mode: 'enforce', rules: [{ name: 'default', require: 'jwt' }] },
  );
  assert.deepEqual(providers, [
    {
      name: 'corporate',
      issuer: 'https://issuer.example',
      jwks: { env: 'KEYS' },
      from: [{ header: 'authorization', prefix: 'Bearer ' }],
      skew: 60_000,
      subject: 'sub',
      forward: true,
    },
  ]);
});

test('the first moment that counts is written as RFC 3339 does, in UTC', () => {
  assert.equal(
    check({}, { notBefore: '2026-11-21T10:00:00Z' }).model.of('JwtPolicy').all[0]?.spec.notBefore,
    1_795_255_200_000,
  );
  for (const notBefore of ['2026-11-21', '2026-02-30T10:00:00Z', '2026-11-21T10:00:00+01:00'])
    assert.match(messages({}, { notBefore }), /is not a time, write for example 2026-11-21T10:00:00Z/);
});

describe('key sets', () => {
  test('may stand in the policy when they are public', () => {
    assert.equal(messages(inline({ ...rsaKey, kid: 'a' }, { kty: 'RSA', use: 'enc', alg: 'RSA-OAEP' })), '');
    assert.equal(messages(inline({ ...rsaKey, kid: 'a' }, { ...rsaKey, kid: 'a', alg: 'RSA-OAEP-256' })), '');
    for (const alg of [undefined, 'EdDSA', 'Ed25519']) assert.equal(messages(inline({ ...ed25519Key, alg })), '');
  });

  test('may be empty, and so revoke all', () => assert.equal(messages(inline()), ''));

  test('may have a kid for several keys, one for each algorithm', () => {
    const keys = ['RS256', 'RS512', 'PS256'].map((alg) => ({ ...rsaKey, kid: 'a', alg }));
    assert.equal(messages(inline(...keys, { ...ed25519Key, kid: 'a' })), '');
    assert.equal(messages(inline({ ...rsaKey, kid: 'a', e: 'AQAD' }, { ...rsaKey, kid: 'a', alg: 'PS256' })), '');
  });

  const refused: [what: string, provider: object, expected: RegExp][] = [
    ['fetched by another protocol', { jwks: { uri: 'file:///etc/keys' } }, /is not the address of a key set/],
    ['fetched as a user', { jwks: { uri: 'https://me@issuer.example/keys' } }, /is not the address of a key set/],
    ['fetched all the time', { jwks: { uri: 'https://issuer.example', refresh: '1s' } }, /must be 10s to 24h/],
    ['refreshed without an address', { jwks: { env: 'A', refresh: '1m' } }, /can only be used with `uri`/],
    ['two ways', { jwks: { env: 'A', file: 'b' } }, /write exactly one of inline, file, env or uri/],
    ['no JSON', { jwks: { inline: '{' } }, /is not valid JSON/],
    ['no set', { jwks: { inline: '{"kty":"RSA"}' } }, /is not a key set/],
    [
      'a secret',
      inline({ kty: 'oct', k: 'c2VjcmV0', kid: 's' }),
      /the key "s" is symmetric \(kty oct\) and so a secret/,
    ],
    ['a private key', inline(rsa.privateKey.export({ format: 'jwk' })), /contains its private part \(d\)/],
    ['Ed448', inline({ ...ed25519Key, crv: 'Ed448' }), /of a kind that is not in this release yet \(OKP Ed448\)/],
    ['P-256 of another kind', inline({ ...ed25519Key, crv: 'P-256' }), /not in this release yet \(OKP P-256\)/],
    ['a curve as a kind', inline({ ...ed25519Key, kty: 'Ed25519' }), /not in this release yet \(Ed25519\)/],
    ['half an Ed25519 key', inline({ ...ed25519Key, x: 'AA' }), /needs x in base64url, 32 bytes/],
    ['no point', inline({ ...ed25519Key, x: point(2n) }), /has an x that is not a point on Ed25519/],
    ['a point in another form', inline({ ...ed25519Key, x: point(2n ** 255n - 19n + 3n) }), /not a point on Ed25519/],
    ['a key of order 4', inline({ ...ed25519Key, x: point(0n) }), /one of small order/],
    ['ES256 with Ed25519', inline({ ...ed25519Key, alg: 'ES256' }), /write one of EdDSA, Ed25519/],
    [
      'ES256 with RSA',
      inline({ ...rsaKey, alg: 'ES256' }),
      /has the alg ES256, which a key of its kind cannot verify here/,
    ],
    ['a long key for PS256', inline({ ...rsaKey, n: 'v'.repeat(700), alg: 'PS256' }), /longer than 4096 bits/],
    ['a short modulus', inline({ kty: 'RSA', n: 'AQAB', e: 'AQAB' }), /needs a modulus/],
    ['exponent one', inline({ ...rsaKey, e: 'AQ' }), /needs an odd exponent/],
    [
      'half a point',
      inline({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }),
      /needs x and y in base64url, 32 bytes each/,
    ],
    ['a name twice', { jwks: { inline: '{"keys":[],"keys":[]}' } }, /has the same field twice/],
    ['a kid twice', inline({ ...rsaKey, kid: 'a' }, { ...rsaKey, kid: 'a' }), /two keys with the kid "a" for/],
    [
      'a kid twice, once for all',
      inline({ ...rsaKey, kid: 'a' }, { ...rsaKey, kid: 'a', alg: 'PS256' }),
      /two keys with the kid "a"/,
    ],
    [
      'a kid twice, by two names',
      inline({ ...ed25519Key, kid: 'a', alg: 'EdDSA' }, { ...ed25519Key, kid: 'a', alg: 'Ed25519' }),
      /two keys with the kid "a"/,
    ],
    ['an alg that is null', inline({ ...rsaKey, alg: null }), /has an invalid alg: write text or leave it out/],
    ['a large exponent for PS256', inline({ ...rsaKey, e: 'AQAD', alg: 'PS256' }), /an exponent above 65537/],
    ['for encryption only', inline({ ...rsaKey, use: 'enc' }), /no key for signatures/],
    ['for encryption by its algorithm', inline({ ...rsaKey, alg: 'RSA-OAEP' }), /no key for signatures/],
  ];
  for (const [what, provider, expected] of refused) {
    test(`are refused: ${what}`, () => assert.match(messages(provider), expected));
  }
});

test('rules name providers that are there and ask nothing of a token that they do not require', () => {
  assert.match(messages({}, { rules: [{ name: 'a', providers: ['corprate'] }] }), /did you mean "corporate"/);
  assert.match(messages({}, { rules: [{ name: 'a', require: 'none', scopes: ['x'] }] }), /need a token/);
  assert.match(messages({ from: [{ query: 'a', prefix: 'b' }] }), /`prefix` can only be used with `header`/);
  assert.match(messages({ forward: false }, { side: 'both' }), /would remove the token/);
});

test('subjects are consumers where a JwtPolicy is there', () => {
  const limits = {
    kind: 'RateLimitPolicy',
    metadata: { name: 'limits' },
    spec: { limits: [{ name: 'l', match: [{ consumers: ['jwt:alice'] }], key: ['consumer'], requests: 1, per: '1s' }] },
  };
  assert.equal(messages({}, {}, limits), '');
  const { mistakes } = checkDocuments({ kind: 'Service', metadata: { name: 'vendors' } }, limits);
  assert.match(mistakes[0]?.message ?? '', /"jwt:alice" is an identity that no policy verifies, write a JwtPolicy/);
});
