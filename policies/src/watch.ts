import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isPolicyFile, readPolicyFiles, stampsOf } from './directory.js';

/** Editors write a file in several steps: what follows within this time is one change. */
const quietMs = 20;
/** chokidar swallows a change that follows another of the same file within 50 ms: after that time the files are looked at again. */
const swallowedMs = 100;
/** On a busy machine it can lose an event altogether. What it never reported is found at the latest after this time. */
const stampsMs = 1000;
const closeMsMax = 1000;

export interface PolicyWatch {
  close(): Promise<void>;
}

/**
 * Calls back, one call at a time, whenever policy files under the paths, or the files that policies name, say something else.
 * Resolves once changes are seen.
 */
export async function watchPolicyFiles(
  paths: readonly string[],
  changed: () => Promise<void>,
  named: () => readonly string[] = () => [],
): Promise<PolicyWatch> {
  // Loaded only here: what is read once has no use for it.
  const { watch } = await import('chokidar');
  const digest = () => [orWhy(() => digestOf(paths)), ...named().map((file) => orWhy(() => fileDigest(file)))].join();
  const allStamps = () =>
    [orWhy(() => stampsOf(paths)), ...named().map((file) => orWhy(() => stampsOf([file])))].join();
  let seen = digest();
  let stamps = allStamps();
  const watcher = watch([...paths], {
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !isPolicyFile(path),
  });
  let timers: NodeJS.Timeout[] = [];
  let running = Promise.resolve();
  const look = () => {
    const now = digest();
    if (now === seen) return;
    seen = now;
    running = running.then(changed);
  };
  watcher.on('all', () => {
    timers.forEach(clearTimeout);
    timers = [setTimeout(look, quietMs), setTimeout(look, swallowedMs)];
  });
  const unreported = setInterval(() => {
    const now = allStamps();
    if (now === stamps) return;
    stamps = now;
    look();
  }, stampsMs);
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return {
    async close() {
      timers.forEach(clearTimeout);
      clearInterval(unreported);
      const closed = watcher.close().then(() => running);
      // On a busy machine chokidar may never finish closing; nothing may wait for it for ever.
      await within(closed, closeMsMax);
    },
  };
}

/** Waits for a promise, but no longer than this; a stop that is quick stays quick. */
export async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

function digestOf(paths: readonly string[]): string {
  return sha256(JSON.stringify(readPolicyFiles(paths)));
}

function fileDigest(file: string): string {
  return sha256(readFileSync(file));
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Files that cannot be read are a change too, from when they could. */
function orWhy(read: () => string): string {
  try {
    return read();
  } catch (thrown) {
    return String(thrown);
  }
}
