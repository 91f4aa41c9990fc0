import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { Compiler } from 'assemblyscript';

const { NULL_MESSAGE, patches } = await import(String(new URL('./compiler.js', import.meta.url)));

/** The text of each method that is patched, in the compiler that the patches were written for. */
const DIGESTS = {
  compile: '2a6f4a0264ef53ac',
  compileLiteralExpression: 'ee76af3c3bdb69e9',
  makeCallDirect: '35ef85425edb3f66',
  compileCommutativeCompareBinaryExpression: 'dced7b3583833b02',
  makeAbort: '2d42d2640d5e356d',
  ensureStaticString: '703a08fbbd0beaad',
  initDefaultMemory: '829cf44632617d39',
};

test('every patch has the text of what it patches written down', () => {
  assert.deepEqual(Object.keys(patches), Object.keys(DIGESTS));
});

for (const [method, expected] of Object.entries(DIGESTS)) {
  test(`the compiler's ${method} is the one that was patched`, () => {
    const found = Reflect.get(Compiler.prototype, method);
    assert.equal(typeof found, 'function', `the compiler has no ${method} any more`);
    const digest = createHash('sha256').update(String(found)).digest('hex').slice(0, expected.length);
    assert.equal(
      digest,
      expected,
      `${method} has changed: read it, mend its patch in compiler.js, write down ${digest}`,
    );
  });
}

test('the compiler still says what is left out of modules that call nothing on an abort', () => {
  const compiler = readFileSync(fileURLToPath(import.meta.resolve('assemblyscript')), 'utf8');
  assert.ok(compiler.includes(NULL_MESSAGE));
});
