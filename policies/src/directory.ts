import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TollgateError } from '@tollgate/model';
import type { Position } from './source.js';

/** A policy file as it is on disk. */
export interface PolicyFile {
  /** As the user named it. */
  file: string;
  text: string;
  /** The first place that is not UTF-8: what follows is not what somebody wrote. */
  broken?: Position;
}

/** What stands for standard input among paths, as with most commands. */
const standardInput = '-';
let read: Buffer | undefined;

/** Reads every policy file under the given files and directories; `-` is standard input. */
export function readPolicyFiles(paths: readonly string[]): PolicyFile[] {
  const files = [...new Set(paths.flatMap(listPolicyFiles))].sort();
  return files.map((file) =>
    file === standardInput ? decode('<stdin>', readStandardInput()) : decode(file, readFileSync(file)),
  );
}

/** It can be read once only, and whoever follows policy files asks again and again. */
function readStandardInput(): Buffer {
  read ??= readFileSync(0);
  return read;
}

/** A zero byte is in no policy; in UTF-16 there are many. */
function decode(file: string, bytes: Buffer): PolicyFile {
  const text = bytes.toString('utf8');
  const zero = bytes.indexOf(0);
  const good = isUtf8(bytes) ? bytes : bytes.subarray(0, firstDifference(bytes, Buffer.from(text)));
  const right = zero < 0 ? good : good.subarray(0, zero);
  if (right.length === bytes.length) return { file, text };
  const lines = right.toString('utf8').split('\n');
  return { file, text, broken: { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 } };
}

/** Where U+FFFD took the place of what cannot be decoded. */
function firstDifference(bytes: Buffer, other: Buffer): number {
  let at = 0;
  while (bytes[at] === other[at]) at++;
  return at;
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
