import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { systemAuthorities } from '@tollgate/envoy';
import { jwk, jwt, keySet } from '../filters/jwt-token.js';
import { startApplication } from '../support/application.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { stages, startStage } from '../support/governed-stage.js';
import { certificate, type IssuerAnswer, startIssuer } from '../support/issuer.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/wait.js';

// Key sets that come from a server, as Envoy fetches them for the filter, and the simulator beside it.

const keys = keySet(jwk('RS256'), jwk('EdDSA'));
const claims = { iss: 'https://issuer.example', sub: 'alice', exp: Math.floor(Date.now() / 1000) + 3600 };
const token = jwt(claims, { algorithm: 'RS256' });

interface Setting {
  stage?: (typeof stages)[number];
  answer?: IssuerAnswer;
  tls?: boolean;
  timeout?: string;
  adapt?: (bootstrap: string) => string;
  istio?: boolean;
}

async function governed(context: TestContext, setting: Setting) {
  const { stage = 'envoy', answer = { body: keys }, tls = false, timeout = '5s', adapt, istio = false } = setting;
  const application = await startApplication();
  const issuer = await startIssuer(answer, { tls });
  const [port = 0] = await freePorts(1);
  const uri = `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${issuer.port}/keys`;
  const policies = file(
    document('Service', 'vendors', '{}'),
    vendorsNode({ listen: port, to: application.port }, ', workers: 1'),
    istio
      ? document(
          'RequestAuthentication',
          'issuers',
          `{ jwtRules: [{ issuer: "${claims.iss}", jwksUri: "${uri}", timeout: ${timeout} }] }`,
        ).replace('tollgate.dev/v1', 'security.istio.io/v1')
      : document(
          'JwtPolicy',
          'jwt',
          `{ providers: [{ name: issuer, issuer: "${claims.iss}", jwks: { uri: "${uri}", timeout: ${timeout} } }] }`,
        ),
  );
  const { log, stop } = await startStage(stage, { policies, node: 'vendors-1', ...(adapt ? { adapt } : {}) });
  context.after(async () => {
    await stop();
    await issuer.close();
    await application.close();
  });
  const call = async (authorization = `Bearer ${token}`) => {
    const { status, headers } = await fetchText(`http://127.0.0.1:${port}/`, { headers: { authorization } });
    return [status, headers['x-tollgate-reason']];
  };
  const allowed = () => until('a call that is allowed', async () => (await call())[0] === 200);
  const said = (pattern: RegExp) =>
    until(
      () => `a line like ${pattern}; there were:\n${log.join('\n')}`,
      () => log.some((line) => pattern.test(line)),
    );
  return { issuer, call, allowed, said };
}

for (const stage of stages)
  describe(`a key set from a server, in the ${stage}`, () => {
    test('is fetched by every VM, and believed', async (context) => {
      const { issuer, call, allowed } = await governed(context, { stage });
      await issuer.askedTimes(2);
      await allowed();
      assert.deepEqual(await call(`Bearer ${token.slice(0, -4)}AAAA`), [401, 'jwt_signature']);
      const ed25519 = jwt(claims, { algorithm: 'EdDSA' });
      assert.deepEqual(await call(`Bearer ${ed25519}`), [200, undefined]);
      assert.deepEqual(await call(`Bearer ${ed25519.slice(0, -4)}AAAA`), [401, 'jwt_signature']);
    });

    test('for Istio’s document too, where a call without a token passes meanwhile', async (context) => {
      const { issuer, call, allowed } = await governed(context, { stage, istio: true, answer: { status: 500 } });
      assert.deepEqual(await call('Basic YTpi'), [200, undefined]);
      assert.deepEqual(await call(), [503, 'filter_unavailable']);
      issuer.answer = { body: keys };
      await allowed();
    });

    test('that cannot be had lets nobody pass, until it can', async (context) => {
      const { issuer, call, allowed, said } = await governed(context, { stage, answer: { status: 500 } });
      await said(/key set 127\.0\.0\.1:\d+\/keys was answered with 500; there is none/);
      assert.deepEqual(await call(), [503, 'filter_unavailable']);
      issuer.answer = { body: keys };
      await allowed();
    });

    test('with keys that cannot be used: they are passed over, and the log says which', async (context) => {
      const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
      const strange = { kty: 'AKP', alg: 'ML-DSA-44', kid: 'later', pub: 'AA' };
      const good = jwk('RS256', { alg: null, use: null });
      const answer = { body: JSON.stringify({ keys: [{ ...short, kid: 'old' }, strange, null, good] }) };
      const { call, allowed, said } = await governed(context, { stage, answer });
      await allowed();
      const line = 'has a key that is passed over';
      await said(new RegExp(`/keys ${line}, "old": \\$\\.keys\\[0\\]: must have a modulus of 2048`));
      await said(new RegExp(`/keys ${line}, "later": \\$\\.keys\\[1\\]\\.kty: is a kind of key`));
      await said(new RegExp(`/keys ${line}: \\$\\.keys\\[2\\]: must be an object`));
      assert.deepEqual(await call(`Bearer ${token.slice(0, -4)}AAAA`), [401, 'jwt_signature']);
    });

    test('without a key revokes those before, whatever was proved by them', async (context) => {
      const { issuer, call, allowed, said } = await governed(context, { stage });
      await allowed();
      issuer.answer = { body: '{"keys":[]}' };
      // A key that is not known has the set fetched, ten seconds after the last time.
      assert.deepEqual(await call(`Bearer ${jwt(claims, { header: { kid: 'new' } })}`), [401, 'jwt_unknown_key']);
      await said(/\/keys holds no key: all tokens of its issuer are refused/);
      await until('the refusal of what was proved', async () => (await call())[1] === 'jwt_unknown_key');
      issuer.answer = { status: 500 };
      assert.deepEqual(await call(), [401, 'jwt_unknown_key']);
    });

    const wrong: [what: string, answer: IssuerAnswer, said: RegExp][] = [
      ['too large', { body: `${keys}${' '.repeat(65_536)}` }, /is larger than 64 KiB/],
      ['no key set', { body: '<html>' }, /is wrong: \$: is not JSON/],
      ['not answered', { silent: true }, /was answered with 504/],
    ];
    for (const [what, answer, pattern] of wrong)
      test(`that is ${what} is none`, async (context) => {
        // What is answered must not be late on a busy machine.
        const timeout = answer.silent ? '100ms' : '5s';
        const { call, said } = await governed(context, { stage, answer, timeout });
        await said(pattern);
        assert.deepEqual(await call(), [503, 'filter_unavailable']);
      });
  });

describe('over TLS', () => {
  const skip = existsSync(systemAuthorities) ? false : `${systemAuthorities} is not there`;
  test('the server must be one that the machine’s authorities vouch for', { skip }, async (context) => {
    const { issuer, call, said } = await governed(context, { tls: true });
    // Before the name is resolved nobody is connected to, which is a 503 too.
    await issuer.connected();
    await said(/was answered with 503; there is none/);
    assert.deepEqual(await call(), [503, 'filter_unavailable']);
    assert.equal(issuer.asked, 0);
  });

  test('and have the name that is asked for', async (context) => {
    const folder = new Folder({ 'ca.pem': certificate });
    const adapt = (text: string) => text.replaceAll(systemAuthorities, `${folder.path}/ca.pem`);
    const { allowed } = await governed(context, { tls: true, adapt });
    await allowed();
    const other = (text: string) => adapt(text).replaceAll('"exact":"localhost"', '"exact":"issuer.example"');
    const refused = await governed(context, { tls: true, adapt: other });
    await refused.issuer.connected();
    await refused.said(/was answered with 503; there is none/);
    assert.deepEqual(await refused.call(), [503, 'filter_unavailable']);
    assert.equal(refused.issuer.asked, 0);
  });
});
