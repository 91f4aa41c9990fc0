import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Host, ManualClock } from '@tollgate/host-sim';
import { algorithms, ed25519Keys, encode, jwk, jws, jwt, keySet, rsaPem, secret, signature } from './jwt-token.js';
import { load, policy } from './load.js';

const now = Date.parse('2026-11-21T12:00:00Z') / 1000;
const claims = { iss: 'https://issuer.example', aud: 'vendors', sub: 'alice', exp: now + 600 };
const provider = {
  name: 'corporate',
  issuer: 'https://issuer.example',
  audiences: ['vendors'],
  jwks: { env: 'KEYS' },
  skewMs: 60_000,
} as const;
const keys = keySet(...algorithms.map((algorithm) => jwk(algorithm)));

function filter(more: object = {}, providers: object[] = [provider], env: Record<string, string> = { KEYS: keys }) {
  const step = { ...policy, providers, ...more };
  return load(
    'jwt',
    { jwt: [step as never] },
    { env, clock: new ManualClock('2026-11-21T12:00:00Z'), logLevel: 'debug' },
  );
}

async function reason(sim: Host, token: string | string[]): Promise<string> {
  const authorization = [token].flat().map((one) => `Bearer ${one}`);
  const answer = await sim.request({ headers: { authorization } });
  assert.equal(
    answer.status,
    answer.header('x-tollgate-reason') ? (answer.header('x-tollgate-reason') === 'jwt_claims' ? 403 : 401) : 200,
  );
  return answer.header('x-tollgate-reason') ?? 'allowed';
}

async function all(sim: Host, tokens: Record<string, [token: string, expected: string]>): Promise<void> {
  for (const [name, [token, expected]] of Object.entries(tokens))
    assert.equal(await reason(sim, token), expected, name);
  // Whatever it was, the next call is served as ever.
  assert.equal(await reason(sim, jwt(claims)), 'allowed');
}

describe('a token', () => {
  test('passes with every algorithm, and not with another key or text', async () => {
    const sim = await filter();
    for (const algorithm of algorithms) {
      const token = jwt(claims, { algorithm });
      assert.equal(await reason(sim, token), 'allowed', algorithm);
      const [header, , proof] = token.split('.');
      const changed = `${header}.${encode(JSON.stringify({ ...claims, sub: 'bob' }))}.${proof}`;
      assert.equal(await reason(sim, changed), 'jwt_signature', algorithm);
      assert.equal(
        await reason(sim, `${token.slice(0, token.lastIndexOf('.'))}.${proof?.slice(0, 20)}`),
        'jwt_signature',
      );
    }
    assert.equal((await sim.request({})).header('x-tollgate-reason'), 'jwt_missing');
  });

  test('chooses no algorithm: its key does', async () => {
    const sim = await filter();
    const forged = `${encode('{"alg":"HS256","kid":"RS256"}')}.${encode(JSON.stringify(claims))}`;
    await all(sim, {
      'the public key as a secret': [
        `${forged}.${signature('HS256', forged, rsaPem).toString('base64url')}`,
        'jwt_algorithm',
      ],
      'another digest than the key': [jwt(claims, { algorithm: 'HS512', header: { kid: 'HS256' } }), 'jwt_algorithm'],
      none: [`${encode('{"alg":"none"}')}.${encode(JSON.stringify(claims))}.`, 'jwt_algorithm'],
      nOnE: [jwt(claims, { header: { alg: 'nOnE' } }), 'jwt_algorithm'],
      'EdDSA of a secret': [jwt(claims, { header: { alg: 'EdDSA' } }), 'jwt_algorithm'],
      'an HMAC with a public key of EdDSA': [jwt(claims, { header: { kid: 'EdDSA' } }), 'jwt_algorithm'],
      'EdDSA in another case': [jwt(claims, { algorithm: 'EdDSA', header: { alg: 'EDDSA' } }), 'jwt_algorithm'],
      'EdDSA of another curve': [jwt(claims, { algorithm: 'EdDSA', header: { alg: 'Ed448' } }), 'jwt_algorithm'],
      'PSS of a key for PKCS #1': [jwt(claims, { algorithm: 'PS256', header: { kid: 'RS256' } }), 'jwt_algorithm'],
      'no algorithm': [jwt(claims, { header: { alg: undefined } }), 'jwt_algorithm'],
      'a number': [jwt(claims, { header: { alg: 256 } }), 'jwt_algorithm'],
    });
  });

  test('of an Ed25519 key has the algorithm’s old name or its new one, whatever the key has', async () => {
    for (const alg of ['EdDSA', 'Ed25519', undefined]) {
      const sim = await filter({}, [{ ...provider, jwks: { inline: keySet(jwk('EdDSA', { alg })) } }]);
      for (const named of ['EdDSA', 'Ed25519'])
        assert.equal(await reason(sim, jwt(claims, { algorithm: 'EdDSA', header: { alg: named } })), 'allowed');
      for (const other of algorithms.filter((algorithm) => algorithm !== 'EdDSA'))
        assert.equal(await reason(sim, jwt(claims, { algorithm: other, header: { kid: 'EdDSA' } })), 'jwt_algorithm');
    }
  });

  test('without a kid costs no more than four signatures that are computed here', async () => {
    const signer = jwk('EdDSA', { kid: undefined });
    const others = ed25519Keys(4);
    const token = jwt(claims, { algorithm: 'EdDSA', header: { kid: undefined } });
    const set = (...keys: object[]) => [{ ...provider, jwks: { inline: keySet(...keys) } }];
    assert.equal(await reason(await filter({}, set(...others.slice(1), signer)), token), 'allowed');
    assert.equal(await reason(await filter({}, set(...others, signer)), token), 'jwt_signature');
    // Those of other kinds count for nothing.
    const rsa = [1, 2, 3, 4].map((kid) => jwk('RS256', { kid: `${kid}` }));
    assert.equal(await reason(await filter({}, set(...rsa, signer)), token), 'allowed');
  });

  test('brings no key and no extension', async () => {
    await all(await filter(), {
      jwk: [jwt(claims, { header: { jwk: jwk('HS256') } }), 'jwt_unknown_key'],
      jku: [jwt(claims, { header: { jku: 'https://evil.example/keys' } }), 'jwt_unknown_key'],
      x5u: [jwt(claims, { header: { x5u: 'https://evil.example/keys' } }), 'jwt_unknown_key'],
      crit: [jwt(claims, { header: { crit: ['exp'] } }), 'jwt_malformed'],
      'unknown kid': [jwt(claims, { header: { kid: '../../dev/null' } }), 'jwt_unknown_key'],
      'long kid': [jwt(claims, { header: { kid: 'k'.repeat(10_000) } }), 'jwt_unknown_key'],
      'NUL in kid': [jwt(claims, { header: { kid: 'HS256\0' } }), 'jwt_unknown_key'],
      'kid that is no text': [jwt(claims, { header: { kid: 1 } }), 'jwt_malformed'],
    });
  });

  test('without a kid is tried with each key that may', async () => {
    assert.equal(await reason(await filter(), jwt(claims, { header: { kid: undefined } })), 'allowed');
  });

  test('has one spelling', async () => {
    const good = jwt(claims);
    const [header = '', payload = '', proof = ''] = good.split('.');
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const other = last[last.indexOf(proof.at(-1) ?? '') ^ 1] ?? '';
    const sim = await filter();
    const malformed: Record<string, string> = {
      padding: `${good}=`,
      'bits that mean nothing': `${good.slice(0, -1)}${other}`,
      'the other alphabet': `${header}.${payload}.${'+/'.repeat(21)}+`,
      'a blank': `${header}. ${payload}.${proof}`,
      'two parts': `${header}.${payload}`,
      'four parts': `${good}.x`,
      'no signature': `${header}.${payload}.`,
      'no claims': `${header}..${proof}`,
      empty: '.',
      'a name twice': jws('HS256', `{"iss":"https://issuer.example","iss":"https://issuer.example","exp":${now + 9}}`),
      'a list': jws('HS256', '[]'),
      'more behind it': jws('HS256', `${JSON.stringify(claims)}{}`),
      'no UTF-8': `${header}.${encode(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))}.${proof}`,
      'too deep': jws('HS256', `{"a":${'['.repeat(10_000)}`),
      'too long': jws('HS256', JSON.stringify({ ...claims, long: 'x'.repeat(20_000) })),
    };
    await all(
      sim,
      Object.fromEntries(Object.entries(malformed).map(([name, token]) => [name, [token, 'jwt_malformed']])),
    );
  });

  test('is in force between its times, give or take the skew', async () => {
    const at = (times: object) => jwt({ ...claims, ...times });
    const written = (exp: string) => jws('HS256', `{"iss":"https://issuer.example","aud":"vendors","exp":${exp}}`);
    await all(await filter(), {
      'over, within the skew': [at({ exp: now - 59 }), 'allowed'],
      'over at the skew': [at({ exp: now - 60 }), 'jwt_expired'],
      'not begun, at the skew': [at({ nbf: now + 60 }), 'allowed'],
      'not begun': [at({ nbf: now + 61 }), 'jwt_not_yet_valid'],
      'issued tomorrow': [at({ iat: now + 86_400 }), 'jwt_not_yet_valid'],
      'without an end': [at({ exp: undefined }), 'jwt_expired'],
      negative: [written('-1'), 'jwt_malformed'],
      'a fraction': [written(`${now + 9}.5`), 'jwt_malformed'],
      'an exponent': [written('9e9'), 'jwt_malformed'],
      'a text': [written(`"${now + 9}"`), 'jwt_malformed'],
      'two to the 63': [written('9223372036854775808'), 'jwt_malformed'],
      NaN: [written('NaN'), 'jwt_malformed'],
      null: [written('null'), 'jwt_malformed'],
      'nbf a text': [at({ nbf: 'now' }), 'jwt_malformed'],
      'iat negative': [at({ iat: -5 }), 'jwt_malformed'],
    });
  });

  test('is from the issuer and for the audience', async () => {
    await all(await filter(), {
      'another issuer': [jwt({ ...claims, iss: 'https://issuer.example/' }), 'jwt_issuer'],
      'no issuer': [jwt({ ...claims, iss: undefined }), 'jwt_issuer'],
      'issuers in a list': [jwt({ ...claims, iss: [claims.iss] }), 'jwt_issuer'],
      'one audience of several': [jwt({ ...claims, aud: ['billing', 'vendors'] }), 'allowed'],
      'another audience': [jwt({ ...claims, aud: ['billing'] }), 'jwt_audience'],
      'no audience': [jwt({ ...claims, aud: undefined }), 'jwt_audience'],
      'an audience that is no text': [jwt({ ...claims, aud: { vendors: true } }), 'jwt_audience'],
    });
  });
});

describe('where it stands', () => {
  test('two are refused, also when one is good', async () => {
    const sim = await filter();
    assert.equal(await reason(sim, [jwt(claims), 'x']), 'jwt_duplicate');
    assert.equal(await reason(sim, ['x', jwt(claims)]), 'jwt_duplicate');
    assert.equal(await reason(sim, `${jwt(claims)},Bearer ${jwt(claims)}`), 'jwt_duplicate');
  });

  test('another scheme is no token, and the scheme may be written in any case', async () => {
    const sim = await filter();
    const send = async (authorization: string) =>
      (await sim.request({ headers: { authorization } })).header('x-tollgate-reason');
    assert.equal(await send('Basic YTpi'), 'jwt_missing');
    assert.equal(await send(`bearer ${jwt(claims)}`), undefined);
  });

  test('in any of several places, in one of them only; it goes no further where it shall not', async () => {
    const from = [{ header: 'x-jwt' }, { query: 'access_token' }];
    const sim = await filter({}, [{ ...provider, from, forward: false }]);
    const token = jwt(claims);
    const inHeader = await sim.request({ headers: { 'x-jwt': token } });
    assert.equal(inHeader.upstream?.header('x-jwt'), undefined);
    assert.equal(inHeader.status, 200);
    const inQuery = await sim.request({ path: `/a?x=1&access_token=${token}&y=2` });
    assert.equal(inQuery.upstream?.path, '/a?x=1&y=2');
    const alone = await sim.request({ path: `/a?access_token=${token}` });
    assert.equal(alone.upstream?.path, '/a');
    const both = await sim.request({ path: `/?access_token=${token}`, headers: { 'x-jwt': token } });
    assert.equal(both.header('x-tollgate-reason'), 'jwt_duplicate');
    const twice = await sim.request({ path: `/?access_token=${token}&access_token=${token}` });
    assert.equal(twice.header('x-tollgate-reason'), 'jwt_duplicate');
  });
});

describe('rules', () => {
  const partner = { ...provider, name: 'partner', issuer: 'https://partner.example' };
  const rules = [
    { name: 'open', match: [{ path: { exact: '/open' } }], require: 'none' },
    {
      name: 'admin',
      match: [{ path: { prefix: '/admin' } }],
      providers: ['corporate'],
      claims: { role: ['admin', 7, true] },
      scopes: ['read', 'write'],
    },
    { name: 'known', match: [{ path: { prefix: '/alice' }, consumers: ['jwt:alice'] }] },
  ];
  const send = async (sim: Host, path: string, token?: object) => {
    const headers: Record<string, string> = token ? { authorization: `Bearer ${jwt({ ...claims, ...token })}` } : {};
    return (await sim.request({ path, headers })).header('x-tollgate-reason') ?? 'allowed';
  };

  test('ask for providers, claims and scopes', async () => {
    const sim = await filter({ rules }, [provider, partner]);
    const scope = 'read write';
    assert.equal(await send(sim, '/open'), 'allowed');
    assert.equal(await send(sim, '/none'), 'allowed');
    assert.equal(await send(sim, '/admin'), 'jwt_missing');
    for (const role of ['admin', ['user', 'admin'], 7, true])
      assert.equal(await send(sim, '/admin', { role, scope }), 'allowed');
    for (const role of ['user', '7', 'true', false, [], { admin: 1 }, undefined])
      assert.equal(await send(sim, '/admin', { role, scope }), 'jwt_claims');
    assert.equal(await send(sim, '/admin', { role: 'admin', scope: 'read writer' }), 'jwt_claims');
    assert.equal(await send(sim, '/admin', { role: 'admin', scp: ['write', 'read'] }), 'allowed');
    assert.equal(await send(sim, '/admin', { role: 'admin', scope, iss: 'https://partner.example' }), 'jwt_issuer');
  });

  test('in shadow it lets pass and counts', async () => {
    const sim = await filter({ mode: 'shadow' });
    assert.equal((await sim.request({})).status, 200);
    assert.equal(sim.metric('tollgate.jwt.jwt_missing.shadow'), 1);
  });
});

describe('what goes on to the service', () => {
  const claimsToHeaders = ['sub', 'level', 'staff', 'roles', 'evil'].map((claim) => ({
    claim,
    header: `x-jwt-${claim}`,
  }));

  test('claims, and never the caller’s own copies of them', async () => {
    const sim = await filter({ rules: [{ name: 'all', require: 'none' }] }, [{ ...provider, claimsToHeaders }]);
    const copies = { 'x-jwt-sub': ['root', 'admin'], 'x-jwt-roles': 'all' };
    const token = jwt({ ...claims, level: 3, staff: true, roles: ['a'], evil: 'a\r\nx-admin: 1' });
    const { upstream } = await sim.request({ headers: { ...copies, authorization: `Bearer ${token}` } });
    const seen = upstream?.headers.filter(([name]) => name.startsWith('x-'));
    assert.deepEqual(Object.fromEntries(seen?.filter(([name]) => name.startsWith('x-jwt')) ?? []), {
      'x-jwt-sub': 'alice',
      'x-jwt-level': '3',
      'x-jwt-staff': 'true',
    });
    assert.equal(upstream?.header('authorization'), `Bearer ${token}`);
    const without = await sim.request({ headers: { ...copies, authorization: 'Bearer x.y.z' } });
    assert.equal(without.upstream?.header('x-jwt-sub'), undefined);
  });
});

describe('identities', () => {
  const limit = {
    ...policy,
    limits: [{ name: 'l', key: ['consumer'], requests: 1, perMs: 60_000, burst: 0, headers: false, keysMax: 100 }],
  };
  const token = {
    ...policy,
    digest: 'hmac-sha256',
    date: 'day',
    carry: 'header',
    header: 'x-t',
    skewMs: 1,
    systems: [{ id: 'orders', secrets: ['S'] }],
    rules: [{ name: 'd', require: 'none' }],
  };

  test('of a JWT and a system of the same name have budgets of their own', async () => {
    const { signToken } = await import('@tollgate/model');
    const step = { ...policy, providers: [provider], rules: [{ name: 'd', require: 'none' }] };
    const sim = await load(
      'governance',
      { token: [token as never], jwt: [step as never], ratelimit: [limit as never] },
      { env: { KEYS: keys, S: 's3cret' }, clock: new ManualClock('2026-11-21T12:00:00Z') },
    );
    const { system, date, digest } = signToken('hmac-sha256', 's3cret', {
      system: 'orders',
      date: '20261121',
    }) as never as Record<string, string>;
    const asSystem = { 'x-t': `${system}.${date}.${digest}` };
    const asSubject = { authorization: `Bearer ${jwt({ ...claims, sub: 'orders' })}` };
    for (const headers of [asSystem, asSubject]) {
      assert.equal((await sim.request({ headers })).status, 200);
      assert.equal((await sim.request({ headers })).status, 429);
    }
    // Both: the system is the consumer.
    assert.equal((await sim.request({ headers: { ...asSystem, ...asSubject } })).status, 429);
  });
});

describe('a configuration', () => {
  const refused = (providers: object[], pattern: RegExp, env: Record<string, string> = { KEYS: keys }) =>
    assert.rejects(filter({}, providers, env), pattern);
  const inline = (...set: object[]) => [{ ...provider, jwks: { inline: keySet(...set) } }];

  test('is refused with the path and the reason', async () => {
    await refused(inline(jwk('HS256')), /providers\[0\]\.jwks\.inline\.keys\[0\]: is a symmetric key/);
    await refused([provider], /jwks\.env: environment variable KEYS is not set or empty/, {});
    await refused([provider], /jwks\.env: is not JSON/, { KEYS: 's3cret' });
    await refused(inline(jwk('RS256'), jwk('RS256')), /keys\[1\]: has the kid of another key/);
    await refused(inline(jwk('RS256', { alg: 'ES256' })), /keys\[0\]\.alg: is an algorithm/);
    await refused(inline({ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }), /keys\[0\]\.kty: is a kind of key/);
    for (const crv of ['Ed448', 'X25519', 'P-256'])
      await refused(inline(jwk('EdDSA', { crv })), /keys\[0\]\.crv: is a curve that this filter does not know for/);
    for (const x of [Buffer.alloc(31, 3), Buffer.alloc(33, 3), Buffer.alloc(32, 255), Buffer.alloc(32)])
      await refused(inline(jwk('EdDSA', { x: encode(x) })), /keys\[0\]\.x: must be a point of the curve, 32 bytes/);
    await refused(inline(jwk('EdDSA', { x: undefined })), /keys\[0\]: needs the field "x"/);
    await refused(inline(jwk('EdDSA', { x: 'a=' })), /keys\[0\]\.x: must be base64url/);
    await refused(inline(jwk('EdDSA', { alg: 'ES256' })), /keys\[0\]\.alg: is an algorithm for which/);
    await refused(inline(jwk('ES256', { alg: 'EdDSA' })), /keys\[0\]\.alg: is an algorithm for which/);
    await refused(inline(jwk('RS256', { use: 'enc' })), /keys: has no key for signatures/);
    await refused(inline(jwk('RS256', { e: 'AQ' })), /odd exponent/);
    await refused([{ ...provider, jwks: { uri: 'https://x' } }], /jwks\.uri: is not a field/);
    await refused([provider, provider], /has the name of another provider/);
  });

  test('never shows a secret', async () => {
    const sim = await filter();
    const said = JSON.stringify([
      await sim.request({}),
      await sim.request({ headers: { authorization: 'Bearer a.b.c' } }),
      sim.logs,
    ]);
    assert.equal(said.includes(secret.toString('base64url')), false);
  });

  test('takes public keys in line', async () => {
    const sim = await filter({}, inline(jwk('ES256', { alg: undefined, kid: undefined })));
    assert.equal(await reason(sim, jwt(claims, { algorithm: 'ES256' })), 'allowed');
    assert.equal(await reason(sim, jwt(claims, { algorithm: 'RS256' })), 'jwt_algorithm');
  });
});
