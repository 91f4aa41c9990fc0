import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@tollgate/host-sim';
import fc from 'fast-check';
import { encode, jwk, jws, jwt, keySet } from './jwt-token.js';
import { load, policy } from './load.js';

const now = Date.parse('2026-11-21T12:00:00Z') / 1000;
const claims = { iss: 'i', exp: now + 600 };

/** Good tokens with parts put in, taken out and exchanged, and texts that never were tokens. */
const pieces = fc.constantFrom(
  '.',
  '..',
  '=',
  '-',
  'A',
  encode('{}'),
  encode('{"alg":"none"}'),
  encode('{"alg":"ES256"}'),
  '+',
  '%00',
);
/** Of every algorithm, as what is computed here and what the host computes must both take anything. */
const signers = ['HS256', 'RS256', 'PS256', 'PS384', 'ES256', 'EdDSA'] as const;
const issued = new Set<string>();
const mutated = fc
  .tuple(fc.nat(700), fc.nat(40), pieces, fc.constantFrom(...signers))
  .map(([at, drop, piece, algorithm]) => {
    const whole = jwt(claims, { algorithm });
    // What is put in may be what was taken out, and then the token is right.
    issued.add(whole);
    return whole.slice(0, at) + piece + whole.slice(at + drop);
  });
const payload = fc
  .tuple(fc.json({ depthSize: 'medium' }), fc.constantFrom('exp', 'nbf', 'iat', 'iss', 'aud', 'sub'))
  .map(([json, name]) => jws('HS256', `{"iss":"i","exp":${now + 600},"x":0,"${name}":${json}}`));
const header = fc.json().map((json) => `${encode(json)}.${encode(JSON.stringify(claims))}.${encode('x')}`);
const text = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });

test('whatever stands in the place of a token: no trap, and no pass without a right one', async () => {
  const provider = {
    name: 'p',
    issuer: 'i',
    jwks: { env: 'KEYS' },
    claimsToHeaders: [{ claim: 'sub', header: 'x-sub' }],
  };
  const sim = await load(
    'jwt',
    { jwt: [{ ...policy, providers: [provider] } as never] },
    {
      env: { KEYS: keySet(...signers.map((algorithm) => jwk(algorithm))) },
      clock: new ManualClock('2026-11-21T12:00:00Z'),
    },
  );
  const good = jwt(claims);
  issued.add(good);
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated, payload, header, text), async (token) => {
      const answer = await sim.request({ headers: { authorization: `Bearer ${token}` } });
      const reason = answer.header('x-tollgate-reason');
      if (reason) return assert.equal(answer.status, 401);
      assert.equal(answer.status, 200);
      // What passed was signed: the right token, or right claims (`nbf: 0`, say) under our own signature.
      assert.ok(
        issued.has(token) || jws('HS256', Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) === token,
      );
    }),
    { numRuns: 3000 },
  );
  assert.equal((await sim.request({ headers: { authorization: `Bearer ${good}` } })).status, 200);
});

/** Key sets with pieces put in and taken out, any JSON in the place of any member, and texts that never were one. */
const set = keySet(jwk('RS256'), jwk('ES256'), jwk('EdDSA'), { ...jwk('PS384'), key_ops: ['verify'] });
const brokenSet = fc
  .tuple(fc.nat(set.length), fc.nat(60), fc.constantFrom('', '"', '}', ',{}', ':', 'AQAB', '\\', '0'))
  .map(([at, drop, piece]) => set.slice(0, at) + piece + set.slice(at + drop));
const strangeSet = fc
  .tuple(fc.constantFrom('kty', 'kid', 'alg', 'use', 'key_ops', 'n', 'e', 'crv', 'x', 'y'), fc.jsonValue())
  .map(([name, value]) =>
    keySet(...(['RS256', 'ES256', 'EdDSA'] as const).map((algorithm) => jwk(algorithm, { [name]: value }))),
  );

test('whatever an issuer hands out: no trap, no pass with another key, and its next right set is in force', async () => {
  const provider = {
    name: 'p',
    issuer: 'i',
    jwks: { fetch: { cluster: 'jwks', authority: 'i', path: '/', refreshMs: 10_000, timeoutMs: 1000 } },
  };
  const clock = new ManualClock('2026-11-21T12:00:00Z');
  const sim = await load('jwt', { jwt: [{ ...policy, providers: [provider] } as never] }, { clock });
  let body = set;
  sim.setCallout('jwks', () => ({ body }));
  // A tick at a time: an answer comes between two steps of the clock, and later than a second it would be late.
  const fetched = async () => {
    for (let second = 0; second < 12; second++) {
      sim.advance('1s');
      await sim.settle();
    }
  };
  const ask = async (token: string) => (await sim.request({ headers: { authorization: `Bearer ${token}` } })).status;
  const token = jwt({ iss: 'i', exp: now + 86_400 * 365 }, { algorithm: 'ES256' });
  const forged = `${token.slice(0, -8)}AAAAAAAA`;
  await fc.assert(
    fc.asyncProperty(fc.oneof(brokenSet, strangeSet, fc.json(), text), async (given) => {
      body = given;
      await fetched();
      assert.ok([200, 401, 503].includes(await ask(token)));
      assert.ok([401, 503].includes(await ask(forged)));
    }),
    { numRuns: 400 },
  );
  body = set;
  for (let i = 0; i < 3; i++) await fetched();
  assert.equal(await ask(token), 200);
});
