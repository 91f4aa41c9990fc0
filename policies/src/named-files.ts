/** The files that a document names, right or wrong as it may be: data, no policies. */
export function filesNamedIn(value: unknown): string[] {
  const found: string[] = [];
  // A document may be nested deeper than calls may.
  const left: unknown[] = [value];
  while (left.length > 0) {
    const item = left.pop();
    if (typeof item !== 'object' || item === null) continue;
    for (const [field, inside] of Object.entries(item)) {
      if (field === 'file' && typeof inside === 'string') found.push(inside);
      else left.push(inside);
    }
  }
  return found;
}

/** The same of a text of which no document can be made. */
export function filesNamedInText(text: string): string[] {
  return [...text.matchAll(/\bfile["']?\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s,{}[\]]+))/g)].flatMap(
    ([, quoted, single, plain]) => quoted ?? single ?? plain ?? [],
  );
}

/** A JWK Set, or a key alone, which no policy need name rightly to be told from one. */
export function isKeySet(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { keys, kty } = value as { keys?: unknown; kty?: unknown };
  return (Array.isArray(keys) || typeof kty === 'string') && !('kind' in value) && !('apiVersion' in value);
}
