import assert from 'node:assert/strict';
import test from 'node:test';
import { recorded, sourcesDigest } from '../../tools/build-foreign.mjs';
import { checkForeign } from '../../tools/check-foreign.mjs';

/** Rust and Go take half a minute, and fetch what they depend on: only where that is asked for. */
const asked = process.env.TOLLGATE_REBUILD_FOREIGN
  ? false
  : 'only with TOLLGATE_REBUILD_FOREIGN=1: it compiles and fetches';

test('the modules are those of the sources beside them', () => {
  for (const name of ['rust', 'go', 'wat'])
    assert.equal(recorded()[name]?.sources, sourcesDigest(name), `npm run foreign -- ${name}`);
});

for (const [name, skip] of [
  ['wat', false],
  ['rust', asked],
  ['go', asked],
] as const) {
  test(`${name}: the sources give the modules that are kept`, { skip }, async (context) => {
    const { result, what } = await checkForeign(name);
    if (result === 'skipped') return context.skip(what);
    context.diagnostic(what);
    assert.equal(result, 'same', what);
  });
}
