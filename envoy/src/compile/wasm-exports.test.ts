/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { governanceModule } from '../wasm-module.js';
import { withoutExports } from './wasm-exports.js';

const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** Three functions without parameters, exported as a, bb and the same again as c. */
const sections = {
  type: [1, 4, 1, 0x60, 0, 0],
  functions: [3, 3, 2, 0, 0],
  exports: [7, 14, 3, 1, 0x61, 0, 0, 2, 0x62, 0x62, 0, 1, 1, 0x63, 0, 0],
  code: [10, 7, 2, 2, 0, 0x0b, 2, 0, 0x0b],
};
const small = Uint8Array.from([
  ...head,
  ...sections.type,
  ...sections.functions,
  ...sections.exports,
  ...sections.code,
]);

function exportsOf(module: Uint8Array): string[] {
  return WebAssembly.Module.exports(new WebAssembly.Module(module as BufferSource)).map(({ name }) => name);
}

test('named exports go, the others keep their order and what they export', () => {
  assert.deepEqual(exportsOf(withoutExports(small, new Set(['a']))), ['bb', 'c']);
  assert.deepEqual(exportsOf(withoutExports(small, new Set(['bb', 'x', 'aa']))), ['a', 'c']);
  assert.deepEqual(exportsOf(withoutExports(small, new Set(['a', 'bb', 'c']))), []);
});

test('without a name to drop the bytes stay as they are', () => {
  assert.deepEqual(Buffer.from(withoutExports(small, new Set(['nothing']))), Buffer.from(small));
});

test('the governance filter loses callbacks and nothing else, where sizes take several bytes', () => {
  const module = Buffer.from(governanceModule());
  const dropped = ['proxy_on_log', 'proxy_on_tick'];
  const before = exportsOf(module);
  const after = withoutExports(module, new Set(dropped));
  assert.deepEqual(
    exportsOf(after),
    before.filter((name) => !dropped.includes(name)),
  );
  assert.deepEqual(Buffer.from(withoutExports(module, new Set())), module);
});

test('an end in the middle is an error, wherever it is', () => {
  for (let end = head.length + 1; end < small.length; end++) {
    const module = small.subarray(0, end);
    if (WebAssembly.validate(module as BufferSource)) continue;
    // Cut between two sections nothing is missing that this function reads.
    const between = [6, 11, 27].map((bytes) => head.length + bytes);
    if (!between.includes(end)) assert.throws(() => withoutExports(module, new Set(['a'])), RangeError, `${end}`);
  }
});
