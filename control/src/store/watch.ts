import { createHash } from 'node:crypto';
import { watch } from 'chokidar';
import { isPolicyFile, readPolicyFiles } from './directory.js';

/** Editors write a file in several steps: what follows within this time is one change. */
const quietMs = 20;
/** chokidar swallows a change that follows another of the same file within 50 ms: after that time the files are looked at again. */
const swallowedMs = 100;

export interface PolicyWatch {
  close(): Promise<void>;
}

/** Calls back, one call at a time, whenever policy files under the paths say something else. Resolves once changes are seen. */
export async function watchPolicyFiles(paths: readonly string[], changed: () => Promise<void>): Promise<PolicyWatch> {
  let seen = digestOf(paths);
  const watcher = watch([...paths], {
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !isPolicyFile(path),
  });
  let timers: NodeJS.Timeout[] = [];
  let running = Promise.resolve();
  const look = () => {
    const now = digestOf(paths);
    if (now === seen) return;
    seen = now;
    running = running.then(changed);
  };
  watcher.on('all', () => {
    timers.forEach(clearTimeout);
    timers = [setTimeout(look, quietMs), setTimeout(look, swallowedMs)];
  });
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return {
    async close() {
      timers.forEach(clearTimeout);
      await watcher.close();
      await running;
    },
  };
}

/** What the files say, or why they cannot be read: that is a change too. */
function digestOf(paths: readonly string[]): string {
  try {
    return createHash('sha256')
      .update(JSON.stringify(readPolicyFiles(paths)))
      .digest('hex');
  } catch (thrown) {
    return String(thrown);
  }
}
