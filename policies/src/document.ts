import type { Path } from '@tollgate/model';
import { type Document, isMap, isPair, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { FileMistake } from './file-mistake.js';
import { Source } from './source.js';

/** A larger file is no policy: the limit keeps a wrong `-f` from eating the memory. */
const fileBytesMax = 16 * 1024 * 1024;

/** One YAML document of a file. */
export interface SourceDocument {
  /** As it was written. */
  value: unknown;
  source: Source;
}

/** Splits a file into its YAML documents (JSON is YAML too). Empty documents are no documents. */
export function readDocuments(file: string, text: string): { documents: SourceDocument[]; mistakes: FileMistake[] } {
  const at = (line: number, column: number, message: string): FileMistake => ({
    file,
    line,
    column,
    path: '',
    message,
  });
  if (text.length > fileBytesMax)
    return { documents: [], mistakes: [at(1, 1, 'is larger than 16 MiB, too large for a policy file')] };
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const documents: SourceDocument[] = [];
  const mistakes: FileMistake[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const error of [...document.errors, ...document.warnings]) {
      const { line, col } = lines.linePos(error.pos[0]);
      // The parser says so once for each level.
      const nested = error.message.includes('call stack');
      mistakes.push(at(line, col, nested ? 'is nested too deeply' : `is not valid YAML: ${error.message}`));
      if (nested) break;
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    if (isScalar(document.contents) && document.contents.value === null) continue;
    const read = readDocument(file, document, lines);
    if (typeof read === 'string') mistakes.push(at(1, 1, read));
    else documents.push(read);
  }
  return { documents, mistakes };
}

/** The document, or why it cannot be taken: aliases that multiply would fill the memory. */
function readDocument(file: string, document: Document.Parsed, lines: LineCounter): SourceDocument | string {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    const { message } = thrown as Error;
    return message.startsWith('Excessive alias')
      ? 'uses too many aliases, write out what they stand for'
      : `is not valid YAML: ${message}`;
  }
  const positionOf = (path: Path) => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return { line, column: col };
  };
  return { value, source: new Source(file, positionOf) };
}

/** Where a path stands in the text: the key of a field, an item of a list; for a missing one the nearest thing around it. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const step = path[depth - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
      if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const found = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
    if (found?.range) return found.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
