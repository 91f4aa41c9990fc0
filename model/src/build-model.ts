import { checkDocument } from './check.js';
import { readDocuments, type SourceDocument } from './document.js';
import type { Kind } from './kinds.js';
import { compareMistakes, type Mistake } from './mistake.js';
import type { Model } from './model.js';
import { checkReferences } from './references.js';
import { keyOf, type Resource } from './resource.js';

/** One file's documents, checked by themselves; made once per version of the file. */
export interface CheckedFile {
  file: string;
  resources: Resource[];
  mistakes: Mistake[];
}

export function checkFile(file: string, text: string): CheckedFile {
  const { documents, mistakes } = readDocuments(file, text);
  const checked = documents.map((document: SourceDocument) => checkDocument(document));
  return {
    file,
    resources: checked.flatMap(({ resource }) => (resource ? [resource] : [])),
    mistakes: [...mistakes, ...checked.flatMap((result) => result.mistakes)],
  };
}

/** Puts checked files together. The model is complete only where there are no mistakes. */
export function buildModel(files: readonly CheckedFile[]): { model: Model; mistakes: Mistake[] } {
  const mistakes = files.flatMap((file) => file.mistakes);
  const seen = new Map<string, Resource>();
  for (const resource of files.flatMap((file) => file.resources)) {
    const key = `${resource.kind} ${keyOf(resource)}`;
    const first = seen.get(key);
    if (first)
      mistakes.push(
        resource.mistake(
          ['metadata', 'name'],
          `${resource.kind} "${resource.name}" is there already, in ${first.file}: names are unique per kind and namespace`,
        ),
      );
    else seen.set(key, resource);
  }
  const all = [...seen.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const of = <K extends Kind>(kind: K) => all.filter((resource): resource is Resource<K> => resource.kind === kind);
  const model: Model = {
    services: of('Service'),
    nodes: of('Node'),
    access: of('AccessPolicy'),
    token: of('TokenPolicy'),
    jwt: of('JwtPolicy'),
    ratelimit: of('RateLimitPolicy'),
    breaker: of('CircuitBreakerPolicy'),
    requestAuthentication: of('RequestAuthentication'),
  };
  // While a document is missing because it is wrong itself, what refers to it is not wrong: say only what is.
  if (mistakes.length === 0) mistakes.push(...checkReferences(model));
  return { model, mistakes: mistakes.sort(compareMistakes) };
}
