// Builds what runs: the filters (.wasm) and the TypeScript packages. What is up to date is left alone.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function step(name, args) {
  process.stdout.write(`build: ${name}\n`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    process.stderr.write(`build: ${name} failed\n`);
    process.exit(status ?? 1);
  }
}

step('TypeScript packages', ['node_modules/typescript/bin/tsc', '-b']);
step('types of the SDK', ['tools/sdk-types.mjs']);
step('filters', ['tools/build-filters.mjs']);
step('the tollgate command', ['tools/bundle-cli.mjs']);
step('the tollgate command in one file', ['tools/standalone.mjs']);
