import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type Bootstrap, type SecretVariable, systemAuthorities } from '@tollgate/envoy';
import { realEnvoy } from './envoy.js';
import { Folder } from './folder.js';
import { certificate } from './issuer.js';

/** Fails with what Envoy says unless it would start on this bootstrap. */
export async function assertEnvoyTakes(bootstrap: Bootstrap, secrets: readonly SecretVariable[] = []): Promise<void> {
  const { path } = await realEnvoy();
  // Not every machine has authorities, and Envoy wants to read them.
  const folder = new Folder({ 'ca.pem': certificate });
  const text = JSON.stringify(bootstrap).replaceAll(systemAuthorities, folder.file('ca.pem'));
  const file = folder.write('bootstrap.json', text);
  const env = Object.fromEntries(secrets.map(({ name, holds }) => [name, holds === 'jwks' ? '{"keys":[]}' : 's3cret']));
  const args = ['--mode', 'validate', '-c', file, '--log-level', 'warning'];
  const { status, stdout, stderr } = spawnSync(path, args, { env, encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.match(stdout, /^configuration '.*' OK$/m);
}
