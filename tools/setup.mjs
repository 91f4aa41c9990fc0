// What both `npm start` and `npm test` need first: the dependencies, and everything built. Plain JavaScript, because on a
// fresh clone there is nothing else to run.
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';
import { runProgram } from './program.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

export async function setup() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 12))
    fail(`Node ${process.versions.node} is too old, 20.12 or newer is needed`);
  if (installed()) say('dependencies: up to date');
  else {
    say('dependencies: npm ci (about half a minute)');
    await run(npm.command, [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  await run(process.execPath, ['tools/build.mjs']);
}

/** npm writes its own record of what it installed; newer than the lockfile, it is what the lockfile asks for. */
function installed() {
  const record = statSync(`${root}/node_modules/.package-lock.json`, { throwIfNoEntry: false });
  return record !== undefined && record.mtimeMs >= statSync(`${root}/package-lock.json`).mtimeMs;
}

async function run(command, args) {
  const status = await runProgram(command, args, { cwd: root, stdio: 'inherit' }).ended.catch((error) =>
    fail(`${command} cannot be started: ${error.message}`),
  );
  if (status !== 0) fail(`${command} ${args[0]} failed`);
}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

export function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(3);
}
