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
const signers = ['HS256', 'RS256', 'PS256', 'PS384', 'ES256'] as const;
const mutated = fc
  .tuple(fc.nat(700), fc.nat(40), pieces, fc.constantFrom(...signers))
  .map(([at, drop, piece, algorithm]) =>
    ((good) => good.slice(0, at) + piece + good.slice(at + drop))(jwt(claims, { algorithm })),
  );
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
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated, payload, header, text), async (token) => {
      const answer = await sim.request({ headers: { authorization: `Bearer ${token}` } });
      const reason = answer.header('x-tollgate-reason');
      if (reason) return assert.equal(answer.status, 401);
      assert.equal(answer.status, 200);
      // What passed was signed: the right token, or right claims (`nbf: 0`, say) under our own signature.
      assert.ok(
        token === good || jws('HS256', Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) === token,
      );
    }),
    { numRuns: 3000 },
  );
  assert.equal((await sim.request({ headers: { authorization: `Bearer ${good}` } })).status, 200);
});
