import { dirname, resolve } from 'node:path';
import { type CheckedFile, checkFile } from './check-file.js';
import type { PolicyFile } from './directory.js';

/** Checks each file by itself, a file that has not changed only once. A file that a policy names is data, no policy. */
export class FileChecker {
  private readonly checked = new Map<string, { text: string; broken: boolean; result: CheckedFile }>();

  check(files: readonly PolicyFile[]): CheckedFile[] {
    const results = files.map(({ file, text, broken }) => {
      const known = this.checked.get(file);
      if (known?.text === text && !known.broken && !broken) return known.result;
      const result = checkFile(file, text, broken);
      this.checked.set(file, { text, broken: broken !== undefined, result });
      return result;
    });
    const data = new Set(results.flatMap(({ file, names }) => names.map((name) => resolve(dirname(file), name))));
    return results.filter(({ file }) => !data.has(resolve(file)));
  }
}
