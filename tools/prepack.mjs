// Before a package is packed (`npm pack` runs it in the package's folder): builds what is not up to date, puts the licence
// beside it, and stops when a file is missing that package.json promises. What it says goes to standard error, since
// standard output is npm's own.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = process.cwd();
const name = basename(folder);
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** What is built for it, besides its own TypeScript. */
const steps = {
  sdk: [['tools/sdk-types.mjs']],
  filters: [['tools/build-filters.mjs']],
  cli: [['tools/build-filters.mjs', 'governance', 'tcp'], ['tools/bundle-cli.mjs']],
};

if (existsSync(join(folder, 'tsconfig.json'))) run('node_modules/typescript/bin/tsc', '-b', name);
for (const step of steps[name] ?? []) run(...step);
copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
const missing = promised().filter((path) => !isThere(path));
if (missing.length > 0) fail(`package.json names ${missing.join(', ')}, which is not there`);

function run(script, ...args) {
  if (!existsSync(join(root, script))) fail('run `npm ci` first, what builds it is missing');
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail('it does not build');
}

/** Every path in `files`, `exports` and `bin`. */
function promised() {
  const paths = (value) => (typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(paths));
  const files = manifest.files.filter((path) => !path.startsWith('!'));
  return [...files, ...paths(manifest.exports), ...paths(manifest.bin)];
}

/** `*` stands for any part of a path, as in `exports`. */
function isThere(path) {
  const [before, after] = path.replace('./', '').split('*');
  if (after === undefined) return existsSync(join(folder, before));
  const files = readdirSync(folder, { recursive: true });
  return files.some((file) => !file.startsWith('node_modules') && file.startsWith(before) && file.endsWith(after));
}

function fail(message) {
  process.stderr.write(`${manifest.name} cannot be packed: ${message}\n`);
  process.exit(1);
}
