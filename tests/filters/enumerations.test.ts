// Every word that a configuration may choose from, as the schema lists them: the filter takes each of them and no other.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FilterName, jsonSchemaOf } from '@tollgate/envoy/filter-config';
import { agree, wasm } from './agreement.js';
import { configurations } from './configurations.js';
import { at, type Json, type Place } from './mutation.js';

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  enum?: string[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** The words of each choice, by its place: `targets.*.token.*.digest`. */
function choicesIn(root: Schema): Map<string, Set<string>> {
  const choices = new Map<string, Set<string>>();
  const visit = (schema: Schema, place: string[]): void => {
    const words = schema.enum ?? (typeof schema.const === 'string' ? [schema.const] : []);
    const known = choices.get(place.join('.')) ?? new Set();
    for (const word of words) known.add(word);
    if (known.size > 0) choices.set(place.join('.'), known);
    if (schema.$ref) visit(root.$defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? assert.fail(schema.$ref), place);
    for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) visit(branch, place);
    for (const [name, field] of Object.entries(schema.properties ?? {})) visit(field, [...place, name]);
    if (schema.items) visit(schema.items, [...place, '*']);
  };
  visit(root, []);
  return choices;
}

/** Where in a document the last step of a place could be written. */
function placesOf(document: Json, [step = '', ...rest]: string[], above: Place = []): Place[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document) !== (step === '*')) return [];
  if (rest.length === 0) return [[...above, step === '*' ? 0 : step]];
  const steps = step === '*' ? Object.keys(document).map(Number) : step in document ? [step] : [];
  return steps.flatMap((each) => placesOf(at(document, [each]), rest, [...above, each]));
}

function written(document: Json, place: Place, word: string): Json {
  const copy = structuredClone(document);
  (at(copy, place.slice(0, -1)) as Record<string | number, Json>)[place.at(-1) ?? ''] = word;
  return copy;
}

for (const [filter, documents] of Object.entries(configurations) as [FilterName, Json[]][]) {
  describe(`the words that ${filter} knows`, () => {
    const module = wasm(filter);
    const takenAnywhere = async (place: string, word: string) => {
      let taken = false;
      for (const document of documents)
        for (const found of placesOf(document, place.split('.')))
          taken = (await agree(filter, module, written(document, found, word))) || taken;
      return taken;
    };
    for (const [place, words] of choicesIn(jsonSchemaOf(filter)))
      test(`${place}: ${[...words].join(', ')}`, async () => {
        for (const word of words) assert.ok(await takenAnywhere(place, word), `${word} is taken nowhere`);
        const [first = ''] = words;
        for (const other of [first.toUpperCase(), `${first}x`, first.slice(1), ''])
          assert.ok(!(await takenAnywhere(place, other)), `"${other}" is taken`);
      });
  });
}
