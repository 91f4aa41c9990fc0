import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildModel, checkFile, type Resource } from '@tollgate/model';
import { compileJwt } from './jwt.js';
import { Secrets } from './secrets.js';

const keys = JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }] });

function compiled(jwks: object) {
  const documents = [
    { kind: 'Service', metadata: { name: 'vendors' } },
    {
      kind: 'JwtPolicy',
      metadata: { name: 'jwt' },
      spec: { providers: [{ name: 'corporate', issuer: 'i', jwks, skew: '5s' }] },
    },
  ];
  const text = documents.map((one) => JSON.stringify({ apiVersion: 'tollgate.dev/v1', ...one })).join('\n---\n');
  const { model, mistakes } = buildModel([checkFile('rules/p.yaml', text)]);
  assert.deepEqual(mistakes, []);
  const secrets = new Secrets();
  const [provider] = compileJwt(model.jwt[0] as Resource<'JwtPolicy'>, secrets).providers;
  return { provider, secrets: secrets.all() };
}

test('a key set in line stands in the configuration', () => {
  const { provider, secrets } = compiled({ inline: keys });
  assert.deepEqual(provider?.jwks, { inline: keys });
  assert.equal(provider?.skewMs, 5000);
  assert.deepEqual(secrets, []);
});

test('one from the environment or a file travels by a variable, which may hold secrets', () => {
  const { provider, secrets } = compiled({ env: 'KEYS' });
  assert.deepEqual(provider?.jwks, { env: 'KEYS' });
  assert.deepEqual(secrets, [{ name: 'KEYS', holds: 'jwks' }]);
  const fromFile = compiled({ file: 'keys/corporate.json' });
  const [variable] = fromFile.secrets;
  assert.deepEqual(fromFile.provider?.jwks, { env: variable?.name });
  assert.match(variable?.name ?? '', /^TOLLGATE_SECRET_JWT_CORPORATE_JWKS_[0-9A-F]{6}$/);
  assert.deepEqual(variable?.file, { path: 'keys/corporate.json', policyFile: 'rules/p.yaml' });
});
