import { createHash } from 'node:crypto';
import type { Model } from '@tollgate/model';
import type { CheckedFile } from './check-file.js';
import { readPolicyFiles } from './directory.js';
import { checkExamples } from './examples/check-examples.js';
import { FileChecker } from './file-checker.js';
import { type FileMistake, formatMistake } from './file-mistake.js';
import { joinFiles, type Policies } from './policies.js';

/** What is in force, and what is not because a file is wrong. */
export interface PolicySnapshot extends Policies {
  /** Changes with every change of what is in force. */
  version: string;
  /** Of what is in force. */
  warnings: readonly FileMistake[];
  /** Files whose present text is not in force. Where `lastGood`, an earlier text of theirs is; else nothing of them. */
  held: HeldFile[];
}

export interface HeldFile {
  file: string;
  lastGood: boolean;
  mistakes: readonly FileMistake[];
}

/**
 * Follows policy files. A file that is wrong blocks only itself: the last good version of its policies stays in force.
 */
export class PolicyFiles {
  private readonly checker = new FileChecker();
  private good = new Map<string, CheckedFile>();
  private model: Model | undefined;

  constructor(private readonly paths: readonly string[]) {}

  /** Reads what is on disk now and settles what is in force. */
  async refresh(): Promise<PolicySnapshot> {
    const present = new Map(this.checker.check(readPolicyFiles(this.paths)).map((file) => [file.file, file]));
    const settled = await settle(present, this.good, this.model);
    this.good = settled.files;
    this.model = settled.model;
    const { files, ...rest } = settled;
    return { ...rest, version: versionOf(files) };
  }
}

/**
 * The largest change that leaves no mistake: files that are wrong fall back to their last good version; where the mistake shows
 * only in files that did not change (a service that others name was taken away), every change falls back.
 */
async function settle(
  present: ReadonlyMap<string, CheckedFile>,
  good: ReadonlyMap<string, CheckedFile>,
  before: Model | undefined,
) {
  const files = new Map(present);
  const held = new Map<string, FileMistake[]>();
  const fallBack = (file: string, mistakes: FileMistake[]) => {
    held.set(file, mistakes);
    const before = good.get(file);
    if (before) files.set(file, before);
    else files.delete(file);
  };
  for (;;) {
    const joined = joinFiles([...files.values()], before);
    const changed = [...new Set([...files.keys(), ...good.keys()])].filter(
      (file) => files.get(file) !== good.get(file),
    );
    const { model, sources, warnings } = joined;
    const mistakes =
      joined.mistakes.length > 0
        ? joined.mistakes
        : (await checkExamples(model, (policy) => changed.includes(sources.of(policy).file))).map((mistake) =>
            sources.locate(mistake),
          );
    if (mistakes.length === 0 || changed.length === 0) {
      return {
        files,
        model,
        sources,
        warnings,
        held: [...held].map(([file, found]) => ({ file, lastGood: good.has(file), mistakes: found })),
      };
    }
    const blamed = changed.filter((file) => mistakes.some((mistake) => mistake.file === file));
    for (const file of blamed.length > 0 ? blamed : changed) {
      const own = mistakes.filter((mistake) => mistake.file === file);
      fallBack(file, own.length > 0 ? own : mistakes.map((mistake) => breaks(file, mistake)));
    }
  }
}

/** A file that is right in itself, but without which another is wrong. */
function breaks(file: string, mistake: FileMistake): FileMistake {
  return {
    file,
    line: 1,
    column: 1,
    path: '',
    message: `this change makes another file wrong: ${formatMistake(mistake)}`,
  };
}

function versionOf(files: ReadonlyMap<string, CheckedFile>): string {
  const hash = createHash('sha256');
  for (const [name, { resources }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([name, resources.map(({ resource }) => resource)]));
  }
  return hash.digest('hex').slice(0, 12);
}
