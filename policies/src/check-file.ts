import { checkDocument, type Resource } from '@tollgate/model';
import { readDocuments, type SourceDocument } from './document.js';
import type { FileMistake } from './file-mistake.js';
import type { Source } from './source.js';

/** One file's documents, checked by themselves; made once per version of the file. */
export interface CheckedFile {
  file: string;
  resources: readonly { resource: Resource; source: Source }[];
  mistakes: readonly FileMistake[];
}

export function checkFile(file: string, text: string): CheckedFile {
  const { documents, mistakes } = readDocuments(file, text);
  const checked = checkDocuments(file, documents);
  return { ...checked, mistakes: [...mistakes, ...checked.mistakes] };
}

export function checkDocuments(file: string, documents: readonly SourceDocument[]): CheckedFile {
  const checked = documents.map(({ value, source }) => ({ ...checkDocument(value), source }));
  return {
    file,
    resources: checked.flatMap(({ resource, source }) => (resource ? [{ resource, source }] : [])),
    mistakes: checked.flatMap(({ mistakes, source }) =>
      mistakes.map(({ path, message }) => source.mistake(path, message)),
    ),
  };
}
