import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesNamedIn, filesNamedInText, isKeySet } from './named-files.js';

test('files are found in any document, however wrong and deep', () => {
  const jwks = { providers: [{ jwks: { file: 'a' } }], file: 3, secrets: [[{ file: 'b', x: { file: 'c' } }]] };
  assert.deepEqual(filesNamedIn({ kind: 'Teapot', spec: jwks }).sort(), ['a', 'b', 'c']);
  assert.deepEqual(filesNamedIn('file: a'), []);
  let deep: object = { file: 'd' };
  for (let depth = 0; depth < 100_000; depth++) deep = { deep };
  assert.deepEqual(filesNamedIn(deep), ['d']);
});

test('and in a text of which no document can be made', () => {
  const text = 'a: [\n  { file: keys/a.json }, {"file":"b c.json"}\nfile: \'d\'\nprofile: e\nfile:\n';
  assert.deepEqual(filesNamedInText(text), ['keys/a.json', 'b c.json', 'd']);
});

test('a key set is none of the policies, nor is a key alone; a policy with keys is one', () => {
  for (const value of [{ keys: [] }, { keys: [{}], more: 1 }, { kty: 'RSA' }]) assert.ok(isKeySet(value));
  for (const value of [{ kind: 'Service', keys: [] }, { apiVersion: 'v1', keys: [] }, { keys: {} }, [], null, 3])
    assert.ok(!isKeySet(value));
});
