import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { jwk, jwt, keySet } from '../filters/jwt-token.js';
import { startApplication } from '../support/application.js';
import { startTollgate } from '../support/cli.js';
import { document, file, vendorsNode } from '../support/documents.js';
import { fetchText } from '../support/fetch-text.js';
import { Folder } from '../support/folder.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/wait.js';

// Keys in files while `tollgate run --watch` runs: what their issuer takes back proves nothing any more.

const claims = { iss: 'https://issuer.example', sub: 'alice', exp: Math.floor(Date.now() / 1000) + 3600 };
const rs256 = `Bearer ${jwt(claims, { algorithm: 'RS256' })}`;
const es256 = `Bearer ${jwt(claims, { algorithm: 'ES256' })}`;
const hs256 = `Bearer ${jwt(claims)}`;
const revoked = [401, 'jwt_unknown_key'];
const allowed = [200, undefined];

const policy = (jwks: string) =>
  document('JwtPolicy', 'jwt', `{ providers: [{ name: issuer, issuer: "${claims.iss}", jwks: ${jwks} }] }`);

async function running(context: TestContext, plane: string, jwks: string, keyFile: Record<string, string> = {}) {
  const application = await startApplication();
  const [listen = 0] = await freePorts(1);
  const folder = new Folder({
    'rules/services.yaml': file(
      document('Service', 'vendors', '{}'),
      vendorsNode({ listen, to: application.port }, ', workers: 1'),
    ),
    'rules/jwt.yaml': policy(jwks),
    ...keyFile,
  });
  const env = plane === 'simulator' ? { TOLLGATE_DATA_PLANE: 'simulator' } : {};
  const run = startTollgate(['run', '-f', `${folder.path}/rules`, '--watch'], { env });
  context.after(async () => {
    await run.stop();
    await application.close();
  });
  await run.line(/^ready/);
  const call = async (authorization: string) => {
    const { status, headers } = await fetchText(`http://127.0.0.1:${listen}/`, { headers: { authorization } });
    return [status, headers['x-tollgate-reason']];
  };
  /** Changes a file and waits for what is said of it. */
  const change = (name: string, text: string, said = /^applied version/) => {
    const after = run.linesSaid;
    folder.write(name, text);
    return run.line(said, { after });
  };
  /** Envoy takes new rules a moment before its workers do. */
  const becomes = (authorization: string, expected: unknown[]) =>
    until(
      () => `${expected} for ${authorization.slice(0, 40)}…`,
      async () => isDeepStrictEqual(await call(authorization), expected),
    );
  return { call, change, becomes };
}

for (const plane of ['envoy', 'simulator'])
  describe(`keys while ${plane} runs`, () => {
    for (const [where, name, path] of [
      ['beside the policies', 'keys.json', '../keys.json'],
      ['among the policies', 'rules/keys.json', 'keys.json'],
    ] as const)
      test(`of a file ${where} are in force as they are now`, async (context) => {
        const keys = { [name]: keySet(jwk('RS256')) };
        const { call, change, becomes } = await running(context, plane, `{ file: ${path} }`, keys);
        for (let i = 0; i < 2; i++) assert.deepEqual(await call(rs256), allowed);
        await change(name, '{"keys":[]}\n');
        await becomes(rs256, revoked);
        await change(name, keySet(jwk('ES256')));
        await becomes(es256, allowed);
        assert.deepEqual(await call(rs256), revoked);
        const said = await change(name, '{"keys":', /not applied/);
        assert.match(said, /not applied: .*keys\.json: is not valid JSON$/);
        assert.deepEqual([await call(rs256), await call(es256)], [revoked, allowed]);
        await change(name, keySet(jwk('RS256')));
        await becomes(rs256, allowed);
        assert.deepEqual(await call(es256), revoked);
      });

    test('in line are in force as they are now', async (context) => {
      const inline = (...keys: object[]) => policy(`{ inline: '${keySet(...keys)}' }`);
      const { call, change, becomes } = await running(context, plane, `{ inline: '${keySet(jwk('RS256'))}' }`);
      for (let i = 0; i < 2; i++) assert.deepEqual(await call(rs256), allowed);
      await change('rules/jwt.yaml', inline());
      await becomes(rs256, revoked);
      // What was in force a moment ago is in force again, each time.
      for (let i = 0; i < 2; i++) {
        await change('rules/jwt.yaml', inline(jwk('RS256')));
        await becomes(rs256, allowed);
        await change('rules/jwt.yaml', inline());
        await becomes(rs256, revoked);
      }
    });

    test('that are secret are revoked at once too, and changed where the proxy can', async (context) => {
      const keys = { 'keys.json': keySet(jwk('HS256')) };
      const { call, change, becomes } = await running(context, plane, '{ file: ../keys.json }', keys);
      assert.deepEqual(await call(hs256), allowed);
      const others = keySet(jwk('HS256', { k: Buffer.alloc(64, 'another').toString('base64url') }));
      if (plane === 'envoy') {
        const said = await change('keys.json', others, /not applied/);
        assert.match(said, /new secrets \(TOLLGATE_SECRET_JWT_ISSUER_JWKS_\w+\) take effect after a restart/);
        assert.deepEqual(await call(hs256), allowed);
      } else {
        await change('keys.json', others);
        await becomes(hs256, [401, 'jwt_signature']);
      }
      await change('keys.json', '{"keys":[]}');
      await becomes(hs256, revoked);
    });
  });

test('a key set that is none ends the start with its file', async (context) => {
  const folder = new Folder({
    'p.yaml': file(
      document('Service', 'vendors', '{}'),
      vendorsNode({ listen: 1, to: 2 }),
      policy('{ file: keys.json }'),
    ),
    'keys.json': keySet(jwk('RS256', { n: 'AQAB' })),
  });
  const run = startTollgate(['run', '-f', folder.path]);
  context.after(() => run.stop());
  const { status, stderr } = await run.ended;
  assert.equal(status, 1);
  assert.match(stderr, /keys\.json: the key "RS256" needs a modulus/);
});
