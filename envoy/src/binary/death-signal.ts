import { spawnSync } from 'node:child_process';

/**
 * What to prefix a command with so that the kernel ends it when this process dies, however it dies. Nothing where the
 * system has no such command: what remains then is the ordinary end of this process.
 *
 * SIGKILL, because nobody would be left to send it to an Envoy that a filter keeps busy.
 *
 * Envoy: it asks for this signal itself, but only with hot restart, whose shared memory is what we do without.
 * The signal comes when the starting *thread* dies, so an Envoy started in a worker thread ends with that.
 */
export function deathSignal(): readonly string[] {
  prefix ??= works(SETPRIV) ? SETPRIV : [];
  return prefix;
}

/** It replaces itself with the command, so there is no process in between and the process id is the command's. */
const SETPRIV = ['setpriv', '--pdeathsig', 'KILL'];

let prefix: readonly string[] | undefined;

/** Tried, because util-linux has the option since 2.34 only and busybox never. Takes 4 ms, once. */
function works([command = '', ...args]: readonly string[]): boolean {
  return spawnSync(command, [...args, 'true'], { stdio: 'ignore' }).status === 0;
}
