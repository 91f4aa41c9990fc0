#!/usr/bin/env node
// The command itself is a bundle, which the package brings along. In a clone nothing is built after `npm ci` alone: then it
// is built first.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../bundle/main.js', import.meta.url);

if (!existsSync(main)) {
  process.stderr.write('tollgate: first use, building what is missing (a minute or two)\n');
  const build = fileURLToPath(new URL('../../tools/build.mjs', import.meta.url));
  const { runProgram } = await import('../../tools/program.mjs');
  // Standard output belongs to the command: the build speaks on standard error.
  if ((await runProgram(process.execPath, [build], { stdio: ['ignore', 2, 2] }).ended) !== 0) process.exit(3);
}
const { run } = await import(main.href);
await run(process.argv);
