// Checks every package as others install it: publint looks whether package.json and files agree, arethetypeswrong whether
// TypeScript finds for each import the types of what Node finds. It packs what is built; `npm pack` itself builds first.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { npm } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Our packages are ES modules, and what is older than `exports` is older than the Node that they need. */
const otherResolutions = ['node10', 'node16-cjs'];
/** AssemblyScript, of which TypeScript knows the types alone. */
const noModule = { '@tollgate/sdk': ['.'] };

const folder = mkdtempSync(join(tmpdir(), 'tollgate-packages-'));
try {
  const options = ['--workspaces', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const { status, stderr } = spawnSync(npm.command, [...npm.args, 'pack', ...options], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const problems = [];
  for (const file of readdirSync(folder)) problems.push(...(await problemsOf(readFileSync(join(folder, file)))));
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function problemsOf(tarball) {
  const contents = createPackageFromTarballData(new Uint8Array(tarball));
  const name = contents.packageName;
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
  const { problems = [] } = await checkPackage(contents, { excludeEntrypoints: noModule[name] ?? [] });
  const ofTypes = problems.filter(({ resolutionKind }) => !otherResolutions.includes(resolutionKind));
  return [
    ...messages.map((message) => `${name}: ${formatMessage(message, pkg)}`),
    ...ofTypes.map(({ kind, entrypoint, ...where }) => `${name}: ${kind} ${entrypoint ?? JSON.stringify(where)}`),
  ];
}
