import { checkDocument, type Resource } from '@tollgate/model';
import { readDocuments, type SourceDocument } from './document.js';
import type { FileMistake } from './file-mistake.js';
import { filesNamedIn, filesNamedInText, isKeySet } from './named-files.js';
import type { Position, Source } from './source.js';

/** One file's documents, checked by themselves; made once per version of the file. */
export interface CheckedFile {
  file: string;
  resources: readonly { resource: Resource; source: Source }[];
  mistakes: readonly FileMistake[];
  /** The files that it names, relative to itself: those of wrong documents too, or they would be read as policies. */
  names: readonly string[];
}

export function checkFile(file: string, text: string, broken?: Position): CheckedFile {
  if (broken) return { file, resources: [], mistakes: [notUtf8(file, broken)], names: filesNamedInText(text) };
  const { documents, mistakes } = readDocuments(file, text);
  const checked = checkDocuments(file, documents);
  const names = mistakes.length > 0 ? [...checked.names, ...filesNamedInText(text)] : checked.names;
  return { ...checked, names, mistakes: [...mistakes, ...checked.mistakes] };
}

/** `kubectl get -o yaml` of several is one document that lists them. */
function itemsOf(document: SourceDocument): SourceDocument[] {
  const { kind, apiVersion, items } = (document.value ?? {}) as {
    kind?: unknown;
    apiVersion?: unknown;
    items?: unknown;
  };
  if (kind !== 'List' || apiVersion !== 'v1' || !Array.isArray(items)) return [document];
  return items.map((value, index) => ({ value, source: document.source.part(['items', index]) }));
}

function notUtf8(file: string, place: Position): FileMistake {
  return { file, ...place, path: '', message: 'is not UTF-8 from here on: save the file as UTF-8' };
}

export function checkDocuments(file: string, documents: readonly SourceDocument[]): CheckedFile {
  const checked = documents
    .flatMap(itemsOf)
    .filter(({ value }) => !isKeySet(value))
    .map(({ value, source }) => ({ ...checkDocument(value), source }));
  return {
    file,
    resources: checked.flatMap(({ resource, source }) => (resource ? [{ resource, source }] : [])),
    mistakes: checked.flatMap(({ mistakes, source }) =>
      mistakes.map(({ path, message }) => source.mistake(path, message)),
    ),
    names: documents.flatMap(({ value }) => filesNamedIn(value)),
  };
}
