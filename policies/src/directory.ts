import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TollgateError } from '@tollgate/model';

/** A policy file as it is on disk. */
export interface PolicyFile {
  /** As the user named it. */
  file: string;
  text: string;
}

/** What stands for standard input among paths, as with most commands. */
const standardInput = '-';
let read: string | undefined;

/** Reads every policy file under the given files and directories; `-` is standard input. */
export function readPolicyFiles(paths: readonly string[]): PolicyFile[] {
  const files = [...new Set(paths.flatMap(listPolicyFiles))].sort();
  return files.map((file) =>
    file === standardInput
      ? { file: '<stdin>', text: readStandardInput() }
      : { file, text: readFileSync(file, 'utf8') },
  );
}

/** It can be read once only, and whoever follows policy files asks again and again. */
function readStandardInput(): string {
  read ??= readFileSync(0, 'utf8');
  return read;
}

function listPolicyFiles(path: string): string[] {
  if (path === standardInput) return [path];
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
