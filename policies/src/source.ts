import { dirname, isAbsolute, join } from 'node:path';
import { formatPath, type Path } from '@tollgate/model';
import type { FileMistake } from './file-mistake.js';

/** From 1. */
export interface Position {
  line: number;
  column: number;
}

/** Where a document comes from: a file, and the place in it of everything that the document says. */
export class Source {
  constructor(
    /** As the user named it. */
    readonly file: string,
    private readonly positionOf: (path: Path) => Position,
    private readonly above: Path = [],
  ) {}

  /** A mistake at a place in this document. */
  mistake(path: Path, message: string): FileMistake {
    const full = [...this.above, ...path];
    const { line, column } = this.positionOf(full);
    return { file: this.file, line, column, path: formatPath(full), message };
  }

  /** A part of the document as one of its own, whose mistakes stand where this one has it. */
  part(path: Path): Source {
    return new Source(this.file, this.positionOf, [...this.above, ...path]);
  }

  /** A path that the document names. */
  beside(path: string): string {
    return isAbsolute(path) ? path : join(dirname(this.file), path);
  }
}
