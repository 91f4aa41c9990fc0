import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDocument, type Resource } from '@tollgate/model';
import { compileJwt } from './jwt.js';
import { Secrets } from './secrets.js';

const keys = JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }] });

function compiled(jwks: object) {
  const { resource, mistakes } = checkDocument({
    apiVersion: 'tollgate.dev/v1',
    kind: 'JwtPolicy',
    metadata: { name: 'jwt' },
    spec: { providers: [{ name: 'corporate', issuer: 'i', jwks, skew: '5s' }] },
  });
  assert.deepEqual(mistakes, []);
  const secrets = new Secrets();
  const [provider] = compileJwt(resource as Resource<'JwtPolicy'>, secrets).providers;
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
  assert.equal(variable?.file?.path, 'keys/corporate.json');
  assert.equal(variable?.file?.policy.name, 'jwt');
});
