// Key sets that the filter fetches: whatever the issuer's server does, the last good set stays, and nobody passes without one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CalloutResponse, type Host, ManualClock } from '@tollgate/host-sim';
import { ed25519Keys, jwk, jwt, keySet } from './jwt-token.js';
import { load, policy } from './load.js';

const start = '2026-11-21T12:00:00Z';
const claims = { iss: 'i', sub: 'alice', exp: Date.parse(start) / 1000 + 86_400 * 9 };
const set = keySet(jwk('RS256'));
const rotated = keySet(jwk('ES256'));
const old = jwt(claims, { algorithm: 'RS256' });
const young = jwt(claims, { algorithm: 'ES256' });
const fetchFrom = {
  cluster: 'jwks',
  authority: 'issuer.example',
  path: '/keys?a=1',
  refreshMs: 300_000,
  timeoutMs: 5000,
};

/** The issuer's server, which answers as the test says. */
class Issuer {
  answer: CalloutResponse = { body: set };
  asked: string[] = [];

  async filter(more: object = {}, filter = 'jwt'): Promise<Host> {
    const provider = { name: 'p', issuer: 'i', jwks: { fetch: { ...fetchFrom, ...more } } };
    const step = { ...policy, providers: [provider] };
    const sim = await load(filter, { jwt: [step as never] }, { clock: new ManualClock(start) });
    sim.setCallout('jwks', (request) => {
      this.asked.push(`${request.method} ${request.authority}${request.path}`);
      return this.answer;
    });
    return sim;
  }
}

/** Lets time pass, a tick at a time, and answers come. */
async function pass(sim: Host, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    sim.advance('1s');
    await sim.settle();
  }
}

async function reason(sim: Host, token: string): Promise<string> {
  const answer = await sim.request({ headers: { authorization: `Bearer ${token}` } });
  return answer.header('x-tollgate-reason') ?? 'allowed';
}

const warnings = (sim: Host) => sim.logs.filter(({ level }) => level === 'warn').map(({ message }) => message);

for (const filter of ['jwt', 'governance'])
  test(`${filter}: nobody passes before the first set, and then who should`, async () => {
    const issuer = new Issuer();
    const sim = await issuer.filter({}, filter);
    const early = await sim.request({ headers: { authorization: `Bearer ${old}` } });
    assert.deepEqual([early.status, early.header('x-tollgate-reason')], [503, 'filter_unavailable']);
    await pass(sim, 1);
    assert.equal(await reason(sim, old), 'allowed');
    assert.equal(await reason(sim, `${old.slice(0, -4)}AAAA`), 'jwt_signature');
    // One for each VM, of which the main thread has one.
    assert.deepEqual(issuer.asked, Array(2).fill('GET issuer.example/keys?a=1'));
    assert.equal(sim.metric('tollgate.jwt.key_set.fetched'), 2);
  });

describe('an answer that is none', () => {
  const answers: [what: string, answer: CalloutResponse, said: RegExp][] = [
    ['an error', { status: 500, body: set }, /^key set issuer\.example\/keys\?a=1 was answered with 500; /],
    ['a redirect', { status: 302, headers: { location: 'http://evil.example' } }, /was answered with 302/],
    ['a refused connection', { failure: 'refused' }, /was answered with 503/],
    ['a broken connection', { failure: 'reset' }, /was answered with 503/],
    ['a late one', { body: set, delay: '6s' }, /was answered with 504/],
    ['a large one', { body: `${set}${' '.repeat(65_536)}` }, /is larger than 64 KiB/],
    ['a very large one', { body: 'x'.repeat(10_000_000) }, /is larger than 64 KiB/],
    ['no JSON', { body: '<html>' }, /is wrong: \$: is not JSON/],
    ['nothing', { body: '' }, /is wrong/],
    ['a list', { body: '[]' }, /is wrong: \$: must be an object/],
    ['keys that are no list', { body: '{"keys":{}}' }, /is wrong: \$\.keys: must be a list/],
    ['no keys at all', { body: '{}' }, /is wrong: \$: needs the field "keys"/],
  ];
  for (const [what, answer, said] of answers)
    test(`${what}: none at first, later the one before`, async () => {
      const issuer = new Issuer();
      issuer.answer = answer;
      const sim = await issuer.filter();
      await pass(sim, 10);
      assert.equal(await reason(sim, old), 'filter_unavailable');
      assert.match(warnings(sim)[0] ?? '', said);
      assert.match(warnings(sim)[0] ?? '', /; there is none$/);
      issuer.answer = { body: set };
      await pass(sim, 40);
      assert.equal(await reason(sim, old), 'allowed');
      issuer.answer = answer;
      await pass(sim, 700);
      assert.equal(await reason(sim, old), 'allowed');
      assert.match(warnings(sim).at(-1) ?? '', /; the one before stays in force$/);
    });

  test('is asked for again after ever longer waits', async () => {
    const issuer = new Issuer();
    issuer.answer = { status: 500 };
    const sim = await issuer.filter();
    await pass(sim, 1000);
    const calls = issuer.asked.length / 2;
    assert.ok(calls > 8 && calls < 16, `${calls} calls`);
  });

  test('leaves the last set in force for a day', async () => {
    const issuer = new Issuer();
    const sim = await issuer.filter();
    await pass(sim, 1);
    assert.equal(await reason(sim, old), 'allowed');
    issuer.answer = { status: 500 };
    sim.advance('23h');
    await pass(sim, 1);
    assert.equal(await reason(sim, old), 'allowed');
    sim.advance('1h');
    await pass(sim, 1);
    assert.equal(await reason(sim, old), 'filter_unavailable');
  });

  test('an unknown cluster', async () => {
    const issuer = new Issuer();
    const sim = await issuer.filter({ cluster: 'nowhere' });
    await pass(sim, 1);
    assert.equal(await reason(sim, old), 'filter_unavailable');
    assert.match(warnings(sim)[0] ?? '', /Envoy has no such cluster/);
  });
});

describe('a key with which nothing can be verified', () => {
  const bad: [what: string, key: unknown, said: RegExp | undefined][] = [
    ['too short', jwk('RS256', { n: 'AQAB', kid: 'old' }), /"old": \$\.keys\[0\]: must have a modulus of 2048/],
    ['too long', jwk('RS256', { n: 'v'.repeat(1400) }), /must have a modulus of 2048 to 8192 bits/],
    ['weak', jwk('RS256', { e: 'AQ' }), /an odd exponent/],
    ['half', jwk('ES256', { y: undefined }), /needs the field "y"/],
    ['no base64url', jwk('RS256', { n: 'a=' }), /\.n: must be base64url/],
    ['no point', jwk('EdDSA', { x: 'AA' }), /\.x: must be a point of the curve/],
    ['of an unknown kind', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }, /\.kty: is a kind of key that/],
    ['of an unknown curve', { kty: 'EC', crv: 'secp256k1', x: 'AA', y: 'AA' }, /\.crv: is a curve that/],
    ['of Ed448', { kty: 'OKP', crv: 'Ed448', x: 'AA' }, /\.crv: is a curve that/],
    ['for an unknown algorithm', jwk('EdDSA', { alg: 'Ed25519ph' }), /\.alg: is an algorithm for which/],
    ['for another kind’s algorithm', jwk('RS256', { alg: 'ES256' }), /\.alg: is an algorithm for which/],
    ['with an alg that is no text', jwk('ES256', { alg: 7 }), /\.alg: must be a string/],
    ['with a kid that is no text', jwk('ES256', { kid: 7 }), /\.kid: must be a string/],
    ['without a kind', { kid: 'x' }, /"x": \$\.keys\[0\]: needs the field "kty"/],
    ['a secret', jwk('HS256'), /is a symmetric key, a secret/],
    ['null', null, /\$\.keys\[0\]: must be an object/],
    ['a text', 'key', /\$\.keys\[0\]: must be an object/],
    ['a list', [], /\$\.keys\[0\]: must be an object/],
    [
      'with a kid that the log would not bear',
      { kid: 'a"\nb', kty: 'AKP' },
      /passed over: \$\.keys\[0\]\.kty: is a kind/,
    ],
    ['for encryption, as it says', { kty: 'RSA', use: 'enc', n: 'AA' }, undefined],
    ['for encryption by its algorithm', jwk('RS256', { alg: 'RSA-OAEP-256', use: undefined }), undefined],
    ['for signing only', jwk('ES256', { key_ops: ['sign'] }), undefined],
  ];
  for (const [what, key, said] of bad)
    test(`${what}: is passed over, and the one beside it is good`, async () => {
      const issuer = new Issuer();
      issuer.answer = { body: JSON.stringify({ keys: [key, jwk('RS256')] }) };
      const sim = await issuer.filter();
      await pass(sim, 1);
      assert.equal(await reason(sim, old), 'allowed');
      const lines = warnings(sim);
      if (!said) return assert.deepEqual(lines, []);
      assert.match(lines[0] ?? '', /^key set issuer\.example\/keys\?a=1 has a key that is passed over/);
      assert.match(lines[0] ?? '', said);
    });

  test('a member that is null is one that is left out', async () => {
    const issuer = new Issuer();
    issuer.answer = { body: keySet(jwk('RS256', { alg: null, use: null, key_ops: null, x5c: null })) };
    const sim = await issuer.filter();
    await pass(sim, 1);
    assert.equal(await reason(sim, old), 'allowed');
    assert.deepEqual(warnings(sim), []);
  });

  test('many of them, or more than 64 good ones, spoil nothing either, and fill no log', async () => {
    const issuer = new Issuer();
    issuer.answer = { body: keySet(jwk('RS256'), ...Array(700).fill({ kty: 'AKP' })) };
    const sim = await issuer.filter();
    await pass(sim, 1);
    assert.equal(await reason(sim, old), 'allowed');
    // Two VMs say it.
    assert.equal(warnings(sim).length, 18);
    assert.match(warnings(sim)[8] ?? '', /has 692 more keys that are passed over$/);
    const many = ed25519Keys(70);
    issuer.answer = { body: keySet(jwk('RS256'), ...many) };
    await pass(sim, 340);
    assert.equal(await reason(sim, old), 'allowed');
    assert.match(warnings(sim).at(-1) ?? '', /\$\.keys\[70\]: is one key more than 64/);
  });

  test('of one kid several may be good, each for its algorithm', async () => {
    const issuer = new Issuer();
    const of = (algorithm: 'RS256' | 'ES256' | 'EdDSA') => jwk(algorithm, { kid: 'k' });
    issuer.answer = { body: keySet(of('EdDSA'), of('RS256'), of('ES256'), of('RS256')) };
    const sim = await issuer.filter();
    await pass(sim, 1);
    for (const algorithm of ['RS256', 'ES256', 'EdDSA'] as const)
      assert.equal(await reason(sim, jwt(claims, { algorithm, header: { kid: 'k' } })), 'allowed');
  });
});

describe('keys that are revoked', () => {
  for (const [what, body] of [
    ['none is left', '{"keys":[]}'],
    ['none is left that can be used', keySet(jwk('HS256'))],
    ['those that are left are for encryption', keySet(jwk('RS256', { use: 'enc' }))],
  ] as const)
    test(`prove nothing from the next fetch on, where ${what}`, async () => {
      const issuer = new Issuer();
      const sim = await issuer.filter();
      await pass(sim, 1);
      for (let i = 0; i < 2; i++) assert.equal(await reason(sim, old), 'allowed');
      issuer.answer = { body };
      await pass(sim, 340);
      for (const token of [old, old, young, jwt(claims)]) assert.equal(await reason(sim, token), 'jwt_unknown_key');
      assert.ok(warnings(sim).some((line) => line.endsWith('holds no key: all tokens of its issuer are refused')));
      // The issuer cannot be reached: they do not come back.
      issuer.answer = { status: 500 };
      await pass(sim, 700);
      assert.equal(await reason(sim, old), 'jwt_unknown_key');
      issuer.answer = { body: set };
      await pass(sim, 340);
      assert.equal(await reason(sim, old), 'allowed');
    });
});

describe('keys that are changed', () => {
  test('take effect at the next refresh, and what was known of tokens does not outlive its key', async () => {
    const issuer = new Issuer();
    const sim = await issuer.filter();
    await pass(sim, 1);
    for (let i = 0; i < 2; i++) assert.equal(await reason(sim, old), 'allowed');
    issuer.answer = { body: rotated };
    await pass(sim, 200);
    assert.equal(await reason(sim, old), 'allowed');
    await pass(sim, 140);
    assert.equal(await reason(sim, old), 'jwt_unknown_key');
    assert.equal(await reason(sim, young), 'allowed');
  });

  test('of Ed25519 come and go as the others do', async () => {
    const issuer = new Issuer();
    issuer.answer = { body: keySet(jwk('EdDSA')) };
    const sim = await issuer.filter();
    await pass(sim, 1);
    const token = jwt(claims, { algorithm: 'EdDSA' });
    for (let i = 0; i < 2; i++) assert.equal(await reason(sim, token), 'allowed');
    assert.equal(await reason(sim, `${token.slice(0, -8)}AAAAAAAA`), 'jwt_signature');
    issuer.answer = { body: keySet(...ed25519Keys(1).map((key) => ({ ...key, kid: 'EdDSA' }))) };
    await pass(sim, 340);
    assert.equal(await reason(sim, token), 'jwt_signature');
  });

  test('are fetched early when a token names one, and not more often than each 10 s', async () => {
    const issuer = new Issuer();
    const sim = await issuer.filter();
    await pass(sim, 11);
    issuer.answer = { body: keySet(jwk('RS256'), jwk('ES256')) };
    assert.equal(await reason(sim, young), 'jwt_unknown_key');
    await pass(sim, 1);
    assert.equal(await reason(sim, young), 'allowed');
    const before = issuer.asked.length;
    for (let i = 0; i < 100; i++) {
      assert.equal(await reason(sim, jwt(claims, { header: { kid: `k${i}` } })), 'jwt_unknown_key');
      await pass(sim, 1);
    }
    assert.ok(issuer.asked.length - before <= 10, `${issuer.asked.length - before} calls`);
  });

  test('and are named again by a token that was refused: the set is fetched for its sake', async () => {
    const issuer = new Issuer();
    const sim = await issuer.filter();
    await pass(sim, 11);
    assert.equal(await reason(sim, young), 'jwt_unknown_key');
    await pass(sim, 12);
    // The issuer signs with the key sooner than it hands it out.
    issuer.answer = { body: keySet(jwk('RS256'), jwk('ES256')) };
    assert.equal(await reason(sim, young), 'jwt_unknown_key');
    await pass(sim, 1);
    assert.equal(await reason(sim, young), 'allowed');
  });
});

test('a configuration says where, in whole', async () => {
  const refused = (more: object, pattern: RegExp) => assert.rejects(new Issuer().filter(more), pattern);
  await refused({ cluster: '' }, /jwks\.fetch\.cluster: must not be empty/);
  await refused({ refreshMs: 1 }, /jwks\.fetch\.refreshMs: must be a whole number from 10000/);
  await refused({ timeoutMs: 60_000 }, /jwks\.fetch\.timeoutMs: must be a whole number from 100 to 10000/);
  await refused({ uri: 'x' }, /jwks\.fetch\.uri: is an unknown field/);
});
