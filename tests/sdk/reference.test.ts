import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sdkReference } from '../../tools/sdk-reference.mjs';

const { text, undocumented } = sdkReference();

test('every public function of the SDK has a docstring', () => {
  assert.deepEqual(undocumented, []);
});

test('docs/sdk/reference.md is what the docstrings say (node tools/sdk-reference.mjs writes it)', () => {
  assert.equal(readFileSync(new URL('../../docs/sdk/reference.md', import.meta.url), 'utf8'), text);
});
