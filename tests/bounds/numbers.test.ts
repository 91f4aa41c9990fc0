// Every number of every configuration at its bounds, beyond them, and several at once: a filter takes it or refuses it in
// words, as its schema does, and then answers whatever comes, however much time goes by, without a trap.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { type FilterName, filterSchemas } from '@tollgate/envoy/filter-config';
import { Host } from '@tollgate/host-sim';
import fc from 'fast-check';
import { configurations, environment } from '../filters/configurations.js';
import { jwt } from '../filters/jwt-token.js';
import type { Json } from '../filters/mutation.js';
import { LongClock } from './long-clock.js';
import { changed, furthest, numbersIn } from './numbers.js';

const resolve = createRequire(import.meta.url).resolve;
const seed = Math.floor(Math.random() * 2 ** 31);
const noon = '2026-11-21T12:00:00Z';
const claims = { iss: 'i', aud: 'x', sub: 'alice', role: 'admin', scope: 'read' };

/** For each number of a configuration the values that are most likely to be wrong. */
function candidates(filter: FilterName, config: Json): { place: (string | number)[]; values: number[] }[] {
  return numbersIn(config).map(({ place, value, step }) => {
    const taken = (number: number) => filterSchemas[filter].safeParse(changed(config, place, number)).success;
    const least = furthest(value, -step, taken);
    const greatest = furthest(value, step, taken);
    const near = [least, least + step, greatest - step, greatest].map((number) => Math.round(number * 100) / 100);
    return { place, values: [...near, ...near, 0, 1, 2 ** 32 - 1, 2 ** 32, greatest + step, least - step, -1, 0.5] };
  });
}

/** The configuration with some of its numbers, mostly a few and sometimes all, at such values. */
function atBounds(filter: FilterName, config: Json): fc.Arbitrary<Json> {
  const numbers = candidates(filter, config);
  const one = fc
    .constantFrom(...numbers)
    .chain(({ place, values }) => fc.record({ place: fc.constant(place), value: fc.constantFrom(...values) }));
  const right = fc
    .tuple(
      ...numbers.map(({ place, values }) =>
        fc.record({ place: fc.constant(place), value: fc.constantFrom(...values.slice(0, 4)) }),
      ),
    )
    .chain((all) => fc.subarray(all));
  return fc
    .oneof({ weight: 2, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) }, { weight: 3, arbitrary: right })
    .map((changes) => changes.reduce((made, { place, value }) => changed(made, place, value), config));
}

const call = fc.record({
  advanceMs: fc.constantFrom(0, 0, 1, 999, 1000, 3_600_000, 2 ** 32, 31_622_400_000),
  path: fc.constantFrom('/', '/admin', '/x'),
  cost: fc.constantFrom(undefined, '0', '1', '4294967295', '4294967296', '99999999999999999999', '-1'),
  key: fc.constantFrom('a', 'b', 'c'),
  expMs: fc.constantFrom(-1, 0, 1, 604_800, 999_999_999_999),
  status: fc.constantFrom(200, 500, 599),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

async function send(sim: Host, { path, cost, key, expMs }: Call) {
  const exp = Date.parse(noon) / 1000 + expMs;
  return sim.request({
    path,
    authority: 'vendors.example',
    headers: {
      'x-t': key,
      'x-key': key,
      authorization: `Bearer ${jwt({ ...claims, exp })}`,
      ...(cost === undefined ? {} : { 'x-cost': cost }),
    },
  });
}

/** 0 where the configuration was refused. */
async function judge(filter: FilterName, config: Json, calls: Call[]): Promise<number> {
  const taken = filterSchemas[filter].safeParse(config).success;
  let status = 200;
  const clock = new LongClock(noon);
  const sim = await Host.load(resolve(`@tollgate/filters/build/${filter}.wasm`), {
    config,
    env: environment,
    clock,
    workers: 2,
    properties: { 'xds.virtual_host_name': 'default/vendors' },
  }).catch((error: Error) => {
    assert.match(error.message, /configuration: \$\S*: \S/, 'a refusal says where and what');
    return undefined;
  });
  assert.equal(sim !== undefined, taken, 'the schema and the filter agree');
  sim?.setUpstream(() => status);
  for (const one of sim ? calls : []) {
    status = one.status;
    clock.advance(one.advanceMs);
    const answer = await send(sim as Host, one);
    assert.doesNotMatch(answer.localReply?.details ?? '', /wasm_fail/, 'it trapped');
    assert.ok(
      [200, 299, 401, 403, 429, 500, 503, 599].includes(answer.status) || answer.header('x-tollgate-reason'),
      `${answer.status}`,
    );
    assert.notEqual(answer.header('x-tollgate-reason'), 'filter_unavailable');
  }
  return Number(taken);
}

describe('every number at its bounds', () => {
  for (const [filter, valid] of Object.entries(configurations) as [FilterName, Json[]][])
    for (const config of valid.filter((one) => numbersIn(one).length > 0))
      test(`of ${filter}, ${(config as { side: string }).side}`, async (context) => {
        context.diagnostic(`seed ${seed}`);
        let taken = 0;
        await fc.assert(
          fc.asyncProperty(
            atBounds(filter, config),
            fc.array(call, { minLength: 1, maxLength: 15 }),
            async (made, calls) => {
              taken += await judge(filter, made, calls);
            },
          ),
          { numRuns: 60, seed },
        );
        assert.ok(taken > 10, `only ${taken} configurations were taken`);
      });
});
