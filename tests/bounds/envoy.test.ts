// Envoy takes what the policy language takes: a node with all of its numbers at their least, and one with all at their greatest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, staticBootstrap } from '@tollgate/envoy';
import { descriptorOf, type Kind } from '@tollgate/model';
import type { Json } from '../filters/mutation.js';
import { root } from '../support/cli.js';
import { assertEnvoyTakes } from '../support/validate.js';
import { documents, modelOf } from './documents.js';
import { changed, furthest, numbersIn } from './numbers.js';

/** All numbers of a document as far as they go, in the order in which they stand. Two listeners cannot have one port. */
function extreme(kind: string, direction: 1 | -1): Json {
  return numbersIn(documents[kind] as Json)
    .filter(({ place }) => place.at(-1) !== 'port')
    .reduce((document, { place, value, step, write }) => {
      const taken = (number: number) =>
        descriptorOf(kind as Kind).spec.safeParse(changed(document, place, write(number))).success;
      return changed(document, place, write(furthest(value, direction * step, taken)));
    }, documents[kind] as Json);
}

for (const [name, direction] of [
  ['least', -1],
  ['greatest', 1],
] as const)
  test(`Envoy takes the ${name} numbers`, async () => {
    const all = Object.fromEntries(Object.keys(documents).map((kind) => [kind, extreme(kind, direction)]));
    const model = modelOf(all);
    const [node] = model.of('Node');
    assert.ok(node);
    const wasm = { path: `${root}filters/build/governance.wasm` };
    const resources = compile(model, node, { version: name, wasm });
    await assertEnvoyTakes(staticBootstrap(node, resources), resources.secrets);
  });
