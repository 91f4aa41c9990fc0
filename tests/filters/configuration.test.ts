// A configuration is right or wrong for a filter and for its schema alike, and both say where.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { type FilterName, filterSchemas, jsonSchemaOf } from '@tollgate/envoy/filter-schema';
import { Host } from '@tollgate/host-sim';
import fc from 'fast-check';
import { configurations, environment } from './configurations.js';
import { at, type Json, mutation, type Place, placeText } from './mutation.js';

const resolve = createRequire(import.meta.url).resolve;
const wasm = (filter: FilterName) => readFileSync(resolve(`@tollgate/filters/build/${filter}.wasm`));

/** Where the filter says that the mistake is, and what; undefined when it takes the configuration. */
async function refusalOf(module: Uint8Array, config: string): Promise<{ place: string; line: string } | undefined> {
  const lines: string[] = [];
  try {
    const sim = await Host.load(module, { config, env: environment });
    lines.push(...sim.logs.map(({ message }) => message));
    return undefined;
  } catch (error) {
    const line = String((error as Error).message);
    const [, place = '', reason = ''] = /configuration: (\$.*?): (.*)/s.exec(line) ?? [];
    const missing = /needs the field "(\w+)"/.exec(reason);
    return { place: missing ? `${place}.${missing[1]}` : place, line };
  }
}

interface Issue {
  code?: string;
  path: PropertyKey[];
  keys?: string[];
  errors?: Issue[][];
}

/** Every place that the schema complains of, with those of the branches of a union. */
function placesOf(issues: readonly Issue[], above: Place = []): string[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path] as Place;
    const inner = (issue.errors ?? []).flatMap((branch) => placesOf(branch, path));
    return [...(issue.keys ?? []).map((key) => placeText([...path, key])), placeText(path), ...inner];
  });
}

async function agree(filter: FilterName, module: Uint8Array, config: Json): Promise<void> {
  const text = JSON.stringify(config);
  const refused = await refusalOf(module, text);
  const checked = filterSchemas[filter].safeParse(config);
  if (checked.success)
    assert.equal(refused, undefined, `the filter refuses what the schema takes: ${refused?.line}\n${text}`);
  else {
    const places = placesOf(checked.error.issues as Issue[]);
    assert.ok(refused, `the filter takes what the schema refuses at ${places[0]}\n${text}`);
    assert.ok(places.includes(refused.place), `${refused.line}\nis not among ${places.join(', ')}\n${text}`);
  }
}

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
        fc.asyncProperty(wrong, (config) => agree(filter, module, config)),
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
