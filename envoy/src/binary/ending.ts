import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from './limits.js';

/** The signals by which a process is asked to end, with their numbers. */
const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const ends = new Set<() => void>();
let asked: AbortController | undefined;
let listens = false;

process.on('exit', () => {
  // Each by itself: a folder that cannot be removed keeps no process alive.
  for (const end of ends) {
    try {
      end();
    } catch {
      // Nobody is left who could do more.
    }
  }
});

/**
 * Calls `end` when this process ends, by itself or by a signal; what it returns is for what has ended before. Nobody waits
 * for `end` then, so what it ends must be gone at once: SIGKILL for a process.
 */
export function endWithUs(end: () => void): () => void {
  ends.add(end);
  listen();
  return () => {
    ends.delete(end);
    listen();
  };
}

/**
 * Aborts at the first signal that asks this process to end. Whoever calls this ends in good order from then on, within a
 * bound, after which the process ends all the same. Where nobody calls it a signal ends the process at once.
 */
export function askedToEnd(): AbortSignal {
  if (!asked) {
    asked = new AbortController();
    listen();
    // A program that started this one with a channel to itself (the quickstart) takes it along, however it ends.
    process.once('disconnect', () => take('SIGHUP'));
    process.channel?.unref();
  }
  return asked.signal;
}

/** Resolves when the signal aborts, at once where it has. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A folder that is gone when this process is. */
export interface TemporaryFolder {
  path: string;
  remove(): void;
}

/** `name` is the beginning of its name; `parent` is where it is made, the system's temporary directory unless said. */
export function temporaryFolder(name: string, parent = tmpdir()): TemporaryFolder {
  const path = mkdtempSync(join(parent, name));
  const remove = () => rmSync(path, { recursive: true, force: true });
  const release = endWithUs(remove);
  return {
    path,
    remove() {
      remove();
      release();
    },
  };
}

/** Ends a process that leads a group of its own (`detached`), with the whole group: a wrapper's program too. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

/** Without anything to end a signal keeps its ordinary effect, which comes even while a filter computes in this thread. */
function listen(): void {
  const wanted = ends.size > 0 || asked !== undefined;
  if (wanted === listens) return;
  listens = wanted;
  for (const name of Object.keys(signals) as (keyof typeof signals)[]) {
    if (wanted) process.on(name, take);
    else process.removeListener(name, take);
  }
}

function take(name: keyof typeof signals): void {
  const end = () => process.exit(128 + signals[name]);
  if (!asked) end();
  // A terminal's Ctrl-C may come twice, by its process group and from whoever started us: once is enough.
  if (!asked || asked.signal.aborted) return;
  asked.abort();
  setTimeout(end, limits.endMs).unref();
}
