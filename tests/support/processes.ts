import { readdirSync, readFileSync } from 'node:fs';
import { until } from './wait.js';

/** The processes below one, children of children included. Linux only, as the real Envoy in these tests. */
export function descendants(pid: number): number[] {
  const children = allProcesses()
    .filter(({ parent }) => parent === pid)
    .map((child) => child.pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Those of them that are Envoys. */
export function envoysOf(pid: number): number[] {
  return descendants(pid).filter((child) => stat(child)?.name.startsWith('envoy'));
}

/** Waits until none of them runs any more. Nobody but the kernel knows of a stranger's end, so its table is looked at. */
export async function gone(pids: readonly number[]): Promise<void> {
  const left = () => pids.filter(runs);
  await until(
    () => `the end of ${left().map((pid) => `${pid} ${stat(pid)?.name}`)}`,
    () => left().length === 0,
  );
}

/** One that ended but whose parent has not taken note (a zombie) does not run. */
export function runs(pid: number): boolean {
  const found = stat(pid);
  return found !== undefined && found.state !== 'Z' && found.state !== 'X';
}

function allProcesses(): { pid: number; parent: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const found = stat(Number(name));
      return found ? [{ pid: Number(name), parent: found.parent }] : [];
    });
}

/** /proc/<pid>/stat: `pid (name) state parent …`, where the name may hold anything. */
function stat(pid: number): { name: string; state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const close = text.lastIndexOf(')');
    const [state = '', parent = ''] = text.slice(close + 2).split(' ');
    return { name: text.slice(text.indexOf('(') + 1, close), state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Waits until one of an Envoy's workers has computed for longer than any request takes: a filter loops in it. */
export async function workerLoops(envoy: number): Promise<void> {
  await until(
    () => `a worker of Envoy ${envoy} to loop`,
    () => readdirSync(`/proc/${envoy}/task`).some((task) => workerTicks(envoy, task) > loopTicks),
  );
}

/** Half a second; a tick is a hundredth. */
const loopTicks = 50;

/** What a worker thread has computed for; nothing for any other thread. */
function workerTicks(pid: number, task: string): number {
  const text = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8');
  if (!text.includes('(wrk:worker_')) return 0;
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[11]);
}
