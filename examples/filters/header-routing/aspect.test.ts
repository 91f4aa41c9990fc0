import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = 'examples/filters/header-routing';

test('a spec of as-pect sends requests through the filter, in the host of the simulator', () => {
  const options = ['-c', `${folder}/as-pect.config.js`, '-a', `${folder}/as-pect.asconfig.json`, '--no-logo'];
  const { status, stdout } = spawnSync(process.execPath, ['node_modules/@as-pect/cli/bin/asp.js', ...options], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /Pass: 3 \/ 3/);
});
