import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Host, ManualClock } from '@tollgate/host-sim';
import {
  type Algorithm,
  algorithms,
  ed25519Keys,
  encode,
  jwk,
  jws,
  jwt,
  keySet,
  rsaKeys,
  rsaPem,
  secret,
  signature,
} from './jwt-token.js';
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

  test('of which many keys could be meant is tried with the first, and with as many more as cost little', async () => {
    const set = (...keys: object[]) => [{ ...provider, jwks: { inline: keySet(...keys) } }];
    const tried: [algorithm: Algorithm, keys: number, others: object[]][] = [
      ['EdDSA', 2, ed25519Keys(3)],
      ['PS256', 4, rsaKeys(5)],
      ['RS256', 10, rsaKeys(11)],
    ];
    for (const [algorithm, keys, others] of tried) {
      const signer = jwk(algorithm, { kid: undefined, alg: undefined });
      const token = jwt(claims, { algorithm, header: { kid: undefined } });
      const with_ = async (count: number) => reason(await filter({}, set(...others.slice(0, count), signer)), token);
      assert.equal(await with_(keys - 1), 'allowed', algorithm);
      assert.equal(await with_(keys), 'jwt_signature', algorithm);
      // Those of other ids and of other kinds count for nothing.
      const named = others.map((key, index) => ({ ...key, kid: `${index}` }));
      const known = jwt(claims, { algorithm });
      const own = jwk(algorithm, { alg: undefined });
      assert.equal(await reason(await filter({}, set(...named, own)), known), 'allowed');
      const strange = algorithm === 'EdDSA' ? rsaKeys(12) : ed25519Keys(12);
      assert.equal(await reason(await filter({}, set(...strange, signer)), token), 'allowed');
    }
  });

  test('of a secret is tried with all of them while it is short, and with few where it is long', async () => {
    const others = Array.from({ length: 63 }, (_, i) => ({ kty: 'oct', k: encode(Buffer.alloc(32, i)) }));
    const env = { KEYS: keySet(...others, jwk('HS256', { kid: undefined })) };
    const sim = await filter({}, [provider], env);
    assert.equal(await reason(sim, jwt(claims, { header: { kid: undefined } })), 'allowed');
    const long = { ...claims, long: 'x'.repeat(11_000) };
    assert.equal(await reason(sim, jwt(long, { header: { kid: undefined } })), 'jwt_signature');
  });

  test('may have the kid of several keys, one for each algorithm', async () => {
    const [rs, es] = [jwk('RS256', { kid: 'a' }), jwk('ES256', { kid: 'a' })];
    const sim = await filter({}, [{ ...provider, jwks: { inline: keySet(rs, es, jwk('RS512', { kid: 'a' })) } }]);
    for (const algorithm of ['RS256', 'ES256', 'RS512'] as const)
      assert.equal(await reason(sim, jwt(claims, { algorithm, header: { kid: 'a' } })), 'allowed', algorithm);
    assert.equal(await reason(sim, jwt(claims, { algorithm: 'PS256', header: { kid: 'a' } })), 'jwt_algorithm');
  });

  test('is refused where all keys of its issuer are revoked', async () => {
    for (const jwks of [{ inline: '{"keys":[]}' }, { env: 'KEYS' }]) {
      const sim = await filter({}, [{ ...provider, jwks }], { KEYS: '{"keys":[]}' });
      for (const algorithm of algorithms)
        assert.equal(await reason(sim, jwt(claims, { algorithm })), 'jwt_unknown_key');
    }
  });

  test('may say where its key lies or bring it along: only the policy’s prove it', async () => {
    const headers = { jku: 'https://evil.example/k', x5u: 'https://evil.example/k', x5c: ['AAAA'], jwk: jwk('HS256') };
    const sim = await filter();
    for (const [name, value] of Object.entries(headers)) {
      assert.equal(await reason(sim, jwt(claims, { header: { [name]: value } })), 'allowed', name);
      const own = Buffer.alloc(64, 'a secret of somebody');
      const forged = `${encode(JSON.stringify({ alg: 'HS256', kid: 'HS256', [name]: value }))}.${encode(JSON.stringify(claims))}`;
      const token = `${forged}.${signature('HS256', forged, own).toString('base64url')}`;
      assert.equal(await reason(sim, token), 'jwt_signature', name);
      const unknown = jwt(claims, { header: { kid: 'x', [name]: value } });
      assert.equal(await reason(sim, unknown), 'jwt_unknown_key', name);
    }
  });

  test('brings no extension and no unknown kid', async () => {
    await all(await filter(), {
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
      'a level too deep': jws('HS256', JSON.stringify({ ...claims, deep: nestedLists(16) })),
      'a claim too many': jws('HS256', JSON.stringify({ ...claims, more: members(252) })),
      'a value too many': jws('HS256', JSON.stringify({ ...claims, list: Array(1019).fill(0) })),
      'a name too many in the header': jwt(claims, { header: members(255) }),
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
      'a fraction': [written(`${now + 9}.5`), 'allowed'],
      'a fraction that is nothing': [written(`${now + 9}.0`), 'allowed'],
      'a fraction of the last second, over': [written(`${now - 60}.9`), 'jwt_expired'],
      'a fraction of the second before': [written(`${now - 59}.0001`), 'allowed'],
      'a fraction to begin': [at({ nbf: now + 60.9 }), 'allowed'],
      'a fraction of an issue': [at({ iat: now + 61.1 }), 'jwt_not_yet_valid'],
      'an exponent': [written('9e9'), 'allowed'],
      'an exponent and a fraction': [written(`${(now + 9) / 1e9}E+9`), 'allowed'],
      'an exponent that is over': [written('1.688117968E9'), 'jwt_expired'],
      'a negative exponent': [written(`${now + 9}000e-3`), 'allowed'],
      'next to nothing': [written('1e-99'), 'jwt_expired'],
      'a large exponent': [written('1e99'), 'jwt_malformed'],
      'an exponent beyond numbers': [written('1e999999999999'), 'jwt_malformed'],
      negative: [written('-1'), 'jwt_malformed'],
      'a negative fraction': [written('-0.5'), 'jwt_malformed'],
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

/** Claims as large as they may be. */
test('claims within the bounds are taken', async () => {
  const sim = await filter();
  for (const more of [{ deep: nestedLists(15) }, { more: members(251) }, { list: Array(1018).fill(0) }])
    assert.equal(await reason(sim, jwt({ ...claims, ...more })), 'allowed', Object.keys(more)[0]);
  assert.equal(await reason(sim, jwt(claims, { header: members(254) })), 'allowed');
});

function members(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, 0]));
}

function nestedLists(depth: number): unknown {
  return depth === 0 ? 0 : [nestedLists(depth - 1)];
}

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

  test('ask for claims within claims, by their path, unless a claim has the name itself', async () => {
    const sim = await filter({
      rules: [{ name: 'ops', claims: { 'realm_access.roles': ['ops'], 'https://a.b/c.d': [1] } }],
    });
    const nested = { realm_access: { roles: ['ops'] }, 'https://a.b/c': { d: 1 } };
    assert.equal(await send(sim, '/', nested), 'allowed');
    assert.equal(await send(sim, '/', { 'realm_access.roles': 'ops', 'https://a.b/c.d': 1 }), 'allowed');
    const refused = [
      { realm_access: { roles: ['dev'] } },
      { realm_access: ['ops'] },
      { realm_access: { 'realm_access.roles': 'ops' } },
      { realm_access: { roles: { ops: true } } },
      { realm_access: { roles: ['ops'] }, 'realm_access.roles': ['dev'] },
      { roles: ['ops'] },
      { realm_access: null },
    ];
    for (const claim of refused)
      assert.equal(await send(sim, '/', { ...nested, realm_access: 0, ...claim }), 'jwt_claims');
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
    await refused([{ ...provider, jwks: { uri: 'https://x' } }], /jwks\.uri: is an unknown field/);
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
