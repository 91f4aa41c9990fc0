// Verdicts that are kept: what depends on the credential alone is not proved twice, and everything else is asked each time.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Host, ManualClock } from '@tollgate/host-sim';
import { signToken } from '@tollgate/model';
import { jwk, jwt, keySet } from './jwt-token.js';
import { load, policy } from './load.js';

const start = '2026-11-21T12:00:00Z';
const now = Date.parse(start) / 1000;
const claims = { iss: 'i', sub: 'alice', exp: now + 600, role: 'reader' };

async function send(sim: Host, token: string, path = '/') {
  const answer = await sim.request({ path, headers: { authorization: `Bearer ${token}` } });
  const proofs = answer.trace.filter((line) => line.includes('proxy_call_foreign_function')).length;
  return { reason: answer.header('x-tollgate-reason') ?? 'allowed', proofs, upstream: answer.upstream };
}

describe('a JSON Web Token', () => {
  const filter = (more: object = {}, provider: object = {}) => {
    const providers = [{ name: 'p', issuer: 'i', jwks: { env: 'KEYS' }, skewMs: 0, ...provider }];
    const env = { KEYS: keySet(jwk('RS256'), jwk('HS256')) };
    return load('jwt', { jwt: [{ ...policy, providers, ...more } as never] }, { env, clock: new ManualClock(start) });
  };
  const token = jwt(claims, { algorithm: 'RS256' });

  test('is proved once', async () => {
    const sim = await filter({}, { claimsToHeaders: [{ claim: 'sub', header: 'x-sub' }] });
    assert.equal((await send(sim, token)).proofs, 1);
    const again = await send(sim, token);
    assert.deepEqual([again.reason, again.proofs, again.upstream?.header('x-sub')], ['allowed', 0, 'alice']);
  });

  test('is another one with any other byte', async () => {
    const sim = await filter();
    await send(sim, token);
    const [head = '', payload = '', proof = ''] = token.split('.');
    const other = jwt({ ...claims, sub: 'mallory' }, { algorithm: 'RS256' }).split('.')[1];
    assert.equal((await send(sim, `${head}.${other}.${proof}`)).reason, 'jwt_signature');
    assert.equal(
      (await send(sim, `${head}.${payload}.${proof.startsWith('A') ? 'B' : 'A'}${proof.slice(1)}`)).reason,
      'jwt_signature',
    );
  });

  test('ends in spite of it', async () => {
    const sim = await filter();
    assert.equal((await send(sim, token)).reason, 'allowed');
    sim.stepWall('599s');
    assert.deepEqual(await send(sim, token).then(({ reason, proofs }) => [reason, proofs]), ['allowed', 0]);
    sim.stepWall('1s');
    assert.deepEqual(await send(sim, token).then(({ reason, proofs }) => [reason, proofs]), ['jwt_expired', 0]);
  });

  test('has not begun yet where the clock was set back', async () => {
    const sim = await filter();
    const begun = jwt({ ...claims, nbf: now }, { algorithm: 'RS256' });
    assert.equal((await send(sim, begun)).reason, 'allowed');
    sim.stepWall(-1000);
    assert.equal((await send(sim, begun)).reason, 'jwt_not_yet_valid');
  });

  test('is held against the rule of each call', async () => {
    const rules = [
      { name: 'write', match: [{ path: { prefix: '/w' } }], claims: { role: ['writer'] } },
      { name: 'read', claims: { role: ['reader'] } },
    ];
    const sim = await filter({ rules });
    for (let i = 0; i < 2; i++) {
      assert.equal((await send(sim, token)).reason, 'allowed');
      assert.equal((await send(sim, token, '/w')).reason, 'jwt_claims');
    }
  });

  test('is known for its provider only', async () => {
    const from = (header: string) => [{ header }];
    const providers = [
      { name: 'a', issuer: 'i', jwks: { env: 'A' }, from: from('x-a') },
      { name: 'b', issuer: 'i', jwks: { env: 'B' }, from: from('x-b') },
    ];
    const env = { A: keySet(jwk('RS256')), B: keySet(jwk('ES256')) };
    const sim = await load('jwt', { jwt: [{ ...policy, providers } as never] }, { env, clock: new ManualClock(start) });
    for (let i = 0; i < 2; i++) {
      assert.equal((await sim.request({ headers: { 'x-a': token } })).status, 200);
      assert.equal((await sim.request({ headers: { 'x-b': token } })).header('x-tollgate-reason'), 'jwt_unknown_key');
    }
  });

  test('that is refused is refused again without another look', async () => {
    const sim = await filter({}, { audiences: ['vendors'] });
    const sign = (more: object) => jwt({ ...claims, aud: 'vendors', ...more }, { algorithm: 'RS256' });
    const good = sign({});
    const refused: Record<string, string> = {
      [`${good.slice(0, -8)}AAAAAAAA`]: 'jwt_signature',
      [sign({ aud: 'billing' })]: 'jwt_audience',
      [sign({ exp: now })]: 'jwt_expired',
      [sign({ nbf: now + 1 })]: 'jwt_not_yet_valid',
    };
    for (const [wrong, reason] of Object.entries(refused)) {
      assert.deepEqual([(await send(sim, wrong)).reason, (await send(sim, wrong)).reason], [reason, reason]);
      assert.equal((await send(sim, wrong)).proofs, 0, reason);
    }
    assert.equal((await send(sim, good)).reason, 'allowed');
  });

  test('that was refused for the time alone passes when that comes', async () => {
    const sim = await filter();
    const later = jwt({ ...claims, nbf: now + 60 }, { algorithm: 'RS256' });
    for (let i = 0; i < 2; i++) assert.equal((await send(sim, later)).reason, 'jwt_not_yet_valid');
    sim.stepWall('60s');
    assert.deepEqual(await send(sim, later).then(({ reason, proofs }) => [reason, proofs]), ['allowed', 1]);
    assert.equal((await send(sim, later)).proofs, 0);
    sim.stepWall('600s');
    assert.equal((await send(sim, later)).reason, 'jwt_expired');
    // A clock that was wrong is set back: nothing was decided for good.
    sim.stepWall(-60_001);
    assert.equal((await send(sim, later)).reason, 'allowed');
    const over = jwt({ ...claims, exp: now }, { algorithm: 'RS256' });
    for (let i = 0; i < 2; i++) assert.equal((await send(sim, over)).reason, 'jwt_expired');
    sim.stepWall(-600_000);
    assert.equal((await send(sim, over)).reason, 'allowed');
  });

  test('for somebody else tells the time first, as it did before', async () => {
    const sim = await filter({}, { audiences: ['vendors'] });
    const other = jwt({ ...claims, nbf: now + 60 }, { algorithm: 'RS256' });
    assert.equal((await send(sim, other)).reason, 'jwt_not_yet_valid');
    sim.stepWall('60s');
    for (let i = 0; i < 2; i++) assert.equal((await send(sim, other)).reason, 'jwt_audience');
    sim.stepWall('600s');
    assert.equal((await send(sim, other)).reason, 'jwt_expired');
  });

  test('that one rule refuses is another’s to judge', async () => {
    const rules = [{ name: 'partners', match: [{ path: { prefix: '/p' } }], providers: ['partner'] }, { name: 'all' }];
    const key = { jwks: { env: 'KEYS' }, skewMs: 0 };
    const providers = [
      { name: 'p', issuer: 'i', ...key },
      { name: 'partner', issuer: 'j', ...key },
    ];
    const sim = await filter({ rules, providers });
    for (let i = 0; i < 3; i++) {
      assert.equal((await send(sim, token, '/p')).reason, 'jwt_issuer');
      assert.equal((await send(sim, token)).reason, 'allowed');
    }
  });

  test('that could not be verified, for want of memory, is verified the next time', async () => {
    const said = [];
    for (const failing of [1, 2]) {
      const sim = await filter();
      let asked = 0;
      Object.defineProperty(sim.faults, 'allocationsRefused', { get: () => ++asked === failing });
      said.push((await send(sim, token)).reason);
      assert.equal((await send(sim, token)).reason, 'allowed');
    }
    // The headers, and what the host says of the signature.
    assert.deepEqual(said, ['filter_unavailable', 'filter_unavailable']);
  });

  test('that is wrong pushes none out, and is proved each time', async () => {
    const sim = await filter();
    await send(sim, token);
    const forged = (i: number) => `${token.slice(0, -6)}${String(i).padStart(6, 'A')}`;
    for (let i = 0; i < 1500; i++) assert.notEqual((await send(sim, forged(i))).reason, 'allowed');
    assert.equal((await send(sim, token)).proofs, 0);
  });

  test('is refused before the moment from which tokens count', async () => {
    const sim = await filter({ notBeforeMs: now * 1000 });
    const at = (iat: unknown) => send(sim, jwt({ ...claims, iat }));
    assert.equal((await at(now - 1)).reason, 'jwt_expired');
    assert.equal((await at(undefined)).reason, 'jwt_expired');
    assert.equal((await at(now)).reason, 'allowed');
  });
});

describe('a token', () => {
  const verifier = {
    ...policy,
    digest: 'hmac-sha256',
    date: 'second',
    carry: 'headers',
    headers: { system: 'x-s', date: 'x-d', nonce: 'x-n', digest: 'x-t' },
    skewMs: 60_000,
    systems: [{ id: 'orders', secrets: ['S'] }],
    rules: [{ name: 'admin', match: [{ path: { exact: '/admin' } }], systems: ['orders'] }, { name: 'default' }],
  };
  const filter = (more: object = {}) =>
    load('token', { token: [{ ...verifier, ...more } as never] }, { env: { S: 's' }, clock: new ManualClock(start) });
  const date = '20261121T120000Z';
  const signed = signToken('hmac-sha256', 's', { system: 'orders', date, nonce: 'abcdef' });
  const headers = { 'x-s': 'orders', 'x-d': date, 'x-n': 'abcdef', 'x-t': signed.digest };
  const reason = async (sim: Host, given: Record<string, string>) =>
    (await sim.request({ headers: given })).header('x-tollgate-reason') ?? 'allowed';

  test('ends in spite of its verdict, and is the same in the same headers only', async () => {
    const sim = await filter();
    for (let i = 0; i < 2; i++) assert.equal(await reason(sim, headers), 'allowed');
    assert.equal(
      await reason(sim, { 'x-s': 'orders', 'x-d': `${date}.abcdef`, 'x-t': signed.digest }),
      'token_malformed',
    );
    assert.equal(
      await reason(sim, { 'x-s': `orders.${date}`, 'x-d': 'abcdef', 'x-t': signed.digest }),
      'token_malformed',
    );
    assert.equal(await reason(sim, { ...headers, 'x-n': 'abcdeg' }), 'token_mismatch');
    sim.stepWall('60s');
    assert.equal(await reason(sim, headers), 'allowed');
    sim.stepWall('1s');
    assert.equal(await reason(sim, headers), 'token_expired');
  });

  test('of an earlier date than the first that counts is refused', async () => {
    const sim = await filter({ notBeforeMs: now * 1000 + 1000 });
    assert.equal(await reason(sim, headers), 'token_expired');
    const next = signToken('hmac-sha256', 's', { system: 'orders', date: '20261121T120001Z' });
    assert.equal(await reason(sim, { 'x-s': 'orders', 'x-d': '20261121T120001Z', 'x-t': next.digest }), 'allowed');
  });

  test('of days has days as its first', async () => {
    await assert.rejects(filter({ date: 'day', notBeforeMs: 1 }), /notBeforeMs: must be the beginning of a day/);
  });

  test('with a nonce that must be new is never known', async () => {
    const sim = await filter({ replay: { windowMs: 120_000 } });
    assert.equal(await reason(sim, headers), 'allowed');
    assert.equal(await reason(sim, headers), 'token_replayed');
  });
});
