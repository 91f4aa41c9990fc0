// A configuration is right or wrong for a filter and for its schema alike, and both say where.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { type FilterName, filterSchemas, jsonSchemaOf } from '@tollgate/envoy/filter-config';
import { filterNames } from '@tollgate/filters';
import fc from 'fast-check';
import { agree, refusalOf, wasm } from './agreement.js';
import { configurations } from './configurations.js';
import { at, type Json, mutation, placeText } from './mutation.js';

const resolve = createRequire(import.meta.url).resolve;

test('the package of the filters names every one', () => {
  assert.deepEqual(filterNames, Object.keys(filterSchemas).sort(), 'run node tools/filter-schemas.mjs');
});

for (const [filter, valid] of Object.entries(configurations) as [FilterName, Json[]][]) {
  describe(`the configuration of ${filter}`, () => {
    const module = wasm(filter);

    test('is taken by both where it is right', async () => {
      for (const config of valid) {
        assert.equal(await refusalOf(module, JSON.stringify(config)), undefined);
        filterSchemas[filter].parse(config);
      }
    });

    test('is refused by both where it is wrong, at the same place', async () => {
      const wrong = fc.constantFrom(...valid).chain((config) => mutation(config));
      await fc.assert(
        fc.asyncProperty(wrong, async (config) => {
          await agree(filter, module, config);
        }),
        { numRuns: 400, includeErrorInReport: true },
      );
    });

    test('with a name twice is refused at that name', async () => {
      for (const config of valid) {
        const text = JSON.stringify(config).replace('"service":', '"side":"provider","service":');
        assert.equal((await refusalOf(module, text))?.place, '$.side');
      }
    });

    test('is described by the schema beside the filter', () => {
      const published = JSON.parse(readFileSync(resolve(`@tollgate/filters/${filter}/schema.json`), 'utf8'));
      assert.deepEqual(
        published,
        JSON.parse(JSON.stringify(jsonSchemaOf(filter))),
        'run node tools/filter-schemas.mjs',
      );
    });
  });
}

test('the paths of the mutations are those of the messages', () => {
  assert.equal(placeText(['targets', 0, 'a']), '$.targets[0].a');
  assert.equal(at({ a: [1, 2] }, ['a', 1]), 2);
});
