import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sdkReference } from '../../tools/sdk-reference.mjs';

const { undocumented, ...pages } = sdkReference();

test('everything that the SDK exports has a docstring', () => {
  assert.deepEqual(undocumented, []);
});

for (const [name, text] of Object.entries(pages))
  test(`docs/sdk/${name}.md is what the docstrings say (node tools/sdk-reference.mjs writes it)`, () => {
    assert.equal(readFileSync(new URL(`../../docs/sdk/${name}.md`, import.meta.url), 'utf8'), text);
  });

test('the reference has what the door exports, the page of the inside has the rest', () => {
  const named = (page: string) =>
    new Set([...page.matchAll(/^`(?:class|const|enum|function|namespace|type) (\w+)/gm)].map(([, name]) => name));
  const door = readFileSync(new URL('../../sdk/index.ts', import.meta.url), 'utf8');
  const exported = [...door.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names = '']) => names.match(/\w+/g) ?? []);
  assert.deepEqual([...named(pages.reference)].sort(), [...new Set(exported)].sort());
  assert.deepEqual(
    exported.filter((name) => named(pages.inside).has(name)),
    [],
  );
});
