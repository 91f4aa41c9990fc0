import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type CheckedFile, checkFile, TollgateError } from '@tollgate/model';

/** A policy file as it is on disk. */
export interface PolicyFile {
  /** As the user named it. */
  file: string;
  text: string;
}

/** Reads every policy file under the given files and directories. */
export function readPolicyFiles(paths: readonly string[]): PolicyFile[] {
  const files = [...new Set(paths.flatMap(listPolicyFiles))].sort();
  return files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

function listPolicyFiles(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new TollgateError('input_invalid', `there is no file or directory ${path}`);
  if (!found.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry: Dirent) => {
    // Hidden files are editors' and tools'; a mounted configuration map keeps its versions in hidden folders.
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    const inside = join(path, entry.name);
    const kind = entry.isSymbolicLink() ? statSync(inside, { throwIfNoEntry: false }) : entry;
    if (kind?.isDirectory()) return entry.isSymbolicLink() ? [] : listPolicyFiles(inside);
    return kind?.isFile() && isPolicyFile(entry.name) ? [inside] : [];
  });
}

/** Which files there are and when each was last written: cheap to ask for again and again. */
export function stampsOf(paths: readonly string[]): string {
  const stamps = paths.flatMap(listPolicyFiles).map((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return `${file} ${found?.ino} ${found?.size} ${found?.mtimeMs}`;
  });
  return stamps.join('\n');
}

export function isPolicyFile(name: string): boolean {
  return /\.(ya?ml|json)$/.test(name);
}

/** Checks each file by itself, a file that has not changed only once. A file that a policy names as a secret is data, no policy. */
export class FileChecker {
  private readonly checked = new Map<string, { text: string; result: CheckedFile }>();

  check(files: readonly PolicyFile[]): CheckedFile[] {
    const results = files.map(({ file, text }) => {
      const known = this.checked.get(file);
      if (known?.text === text) return known.result;
      const result = checkFile(file, text);
      this.checked.set(file, { text, result });
      return result;
    });
    const secrets = new Set(results.flatMap(secretFiles));
    return results.filter(({ file }) => !secrets.has(resolve(file)));
  }
}

function secretFiles({ resources }: CheckedFile): string[] {
  return resources.flatMap((resource) => {
    const { spec } = resource;
    const references =
      'systems' in spec
        ? spec.systems.flatMap((system) => system.secrets)
        : 'providers' in spec
          ? spec.providers.map((provider) => provider.jwks)
          : [];
    return references.flatMap(({ file }) => (file === undefined ? [] : [resolve(dirname(resource.file), file)]));
  });
}
