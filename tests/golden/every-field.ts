import { descriptorOf, kinds } from '@tollgate/model';
import { z } from 'zod';
import type { Written } from './cases.js';

type Schema = { [word: string]: unknown };

/** Examples and `overlap` are for the check alone; Envoy is told its workers on the command line. */
const notCompiled = /^\w+ (examples\b|rules\.overlap|workers)/;

/** The same for all of a host, for one port and for a subset. */
const policyField = /\btrafficPolicy\.(?:portLevelSettings\.(?!port\b))?(.+)/;

/** The fields that `spec` may have, of every kind, which none of these documents writes. Conditions and targets are the same in all. */
export function unwrittenFields(documents: readonly Written[]): string[] {
  const known = new Set<string>();
  const written = new Set<string>();
  for (const kind of kinds) {
    const schema = z.toJSONSchema(descriptorOf(kind).spec, { io: 'input', unrepresentable: 'any' }) as Schema;
    const specs = documents.filter((document) => document.kind === kind).map(({ spec }) => spec);
    visit(schema, specs, (path, values) => {
      const field =
        /(?:^|\.)((?:match|targetRefs)\b.*)/.exec(path)?.[1] ?? policyField.exec(path)?.[1] ?? `${kind} ${path}`;
      known.add(field);
      if (values.length > 0) written.add(field);
    });
  }
  return [...known].filter((field) => !written.has(field) && !notCompiled.test(field));
}

/** Tells each field that a schema knows, with the values that it has. */
function visit(schema: Schema, values: unknown[], tell: (path: string, values: unknown[]) => void, at = ''): void {
  const of = (take: (value: object) => unknown[]) =>
    values.filter((value) => typeof value === 'object' && value !== null).flatMap((value) => take(value as object));
  for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
    // Refused by name.
    if (field.not) continue;
    const inside = of((value) => (name in value ? [value[name as keyof typeof value]] : []));
    // Refused by name.
    if (field.not !== undefined) continue;
    tell(at + name, inside);
    visit(field, inside, tell, `${at}${name}.`);
  }
  for (const word of ['anyOf', 'oneOf', 'allOf'])
    for (const one of (schema[word] ?? []) as Schema[]) visit(one, values, tell, at);
  for (const word of ['items', 'additionalProperties'])
    if (schema[word]) visit(schema[word] as Schema, of(Object.values), tell, at);
}
