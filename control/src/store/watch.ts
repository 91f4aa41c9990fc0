import { watch } from 'chokidar';
import { isPolicyFile } from './directory.js';

/** Editors write a file in several steps: what follows within this time is one change. */
const quietMs = 20;

export interface PolicyWatch {
  close(): Promise<void>;
}

/** Calls back, one call at a time, whenever policy files under the paths change. Resolves once changes are seen. */
export async function watchPolicyFiles(paths: readonly string[], changed: () => Promise<void>): Promise<PolicyWatch> {
  const watcher = watch([...paths], {
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !isPolicyFile(path),
  });
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(changed);
    }, quietMs);
  });
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
      await running;
    },
  };
}
