/** A mistake with its place in a file. */
export interface FileMistake {
  /** As the user named it: relative to the working directory. */
  file: string;
  /** From 1. */
  line: number;
  column: number;
  /** Path in the document, e.g. `spec.rules[0].allow[1]`; empty for the file as a whole. */
  path: string;
  message: string;
}

export function formatMistake(mistake: FileMistake): string {
  const subject = mistake.path === '' ? '' : ` ${mistake.path}:`;
  return `${mistake.file}:${mistake.line}:${mistake.column}${subject} ${mistake.message}`;
}

export function compareMistakes(a: FileMistake, b: FileMistake): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
}
