import { fileURLToPath } from 'node:url';
import { type Ended, type ProcessOptions, RunningProcess } from './running-process.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const tollgateBin = `${root}cli/bin/tollgate.js`;

/** Starts the command as a user does, from the root of the repository unless told otherwise. */
export function startTollgate(args: readonly string[], options: ProcessOptions = {}): RunningProcess {
  return new RunningProcess(process.execPath, [tollgateBin, ...args], { cwd: root, ...options });
}

/** Runs the command to its end. */
export function tollgate(args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return startTollgate(args, options).ended;
}
