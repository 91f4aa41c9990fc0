import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { npm } from '../../tools/npm.mjs';
import { RunningProcess } from '../support/running-process.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** In the order in which one needs the other. */
export const packages = [
  ...['model', 'sdk', 'filters', 'host-sim', 'envoy'],
  ...['policies', 'scenario', 'control', 'agent', 'cli'],
];

/** Packs every package into the folder. */
export async function packAll(folder: string): Promise<void> {
  const { status, stdout, stderr } = await new RunningProcess(
    npm.command,
    [...npm.args, 'pack', '--workspaces', '--silent', '--pack-destination', folder],
    { cwd: root },
  ).ended;
  if (status !== 0) throw new Error(`npm pack failed:\n${stdout}${stderr}`);
}

/** The file of a packed package. */
export function tarball(folder: string, name: string): string {
  const files = readdirSync(folder).filter((file) => file.startsWith(`tollgate-${name}-`));
  if (files.length !== 1) throw new Error(`there is not one package of ${name}, but ${files.join(', ') || 'none'}`);
  return `${folder}/${files[0]}`;
}

/** What is in it, by path. */
export function filesIn(file: string): string[] {
  const { stdout } = spawnSync('tar', ['-tzf', file], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^package\//, ''));
}
