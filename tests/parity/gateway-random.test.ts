import assert from 'node:assert/strict';
import test from 'node:test';
import { rawHttp } from '@tollgate/scenario';
import { SeededRandom } from '../../host-sim/src/process/random.js';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { type Case, nameOf } from './gateway-cases.js';
import { startBoth } from './gateway-proxies.js';

/** Another seed with each run would make a red test that nobody can repeat. */
const SEED = 20261128;
const ROUNDS = 3;
const ROUTES = 25;
const REQUESTS = 100;

const random = new SeededRandom(SEED);
const one = <T>(values: readonly T[]): T => values[random.below(values.length)] as T;
const some = (max: number, make: () => object) => Array.from({ length: random.below(max + 1) }, make);
const maybe = <T extends object>(value: T): T | object => (random.below(3) === 0 ? value : {});

const paths = ['/', '/a', '/a/', '/a/b', '/ab', '/A/b', '/a/b/c', '/b', '/b/1', '/a%2fb', '/a;x'];
const values = ['a', 'b', 'ab', 'A', '1', '12', '-3', 'a,b', 'a, b'];
const names = ['x-a', 'x-b', 'X-C', ':method', ':authority', ':path', 'cookie', 'user-agent'];
const expressions = [
  'a+',
  '[ab]*',
  '(a|b)',
  '.*',
  '\\d+',
  '[^a]',
  '(?i)A',
  '\\w+',
  '^a$',
  '\\S*',
  'a{1,2}',
  '(?:a)(b)?',
];

const text = () => {
  const kind = one(['exact', 'prefix', 'suffix', 'contains', 'safe_regex']);
  return kind === 'safe_regex'
    ? { safe_regex: { regex: one(expressions) } }
    : { [kind]: one(values), ...maybe({ ignore_case: true }) };
};
const present = () => ({ present_match: one([true, false]) });
const header = () => ({
  name: one(names),
  ...one([() => ({ string_match: text() }), () => ({ range_match: { start: '-5', end: '10' } }), present])(),
  ...maybe({ invert_match: true }),
  ...maybe({ treat_missing_header_as_empty: true }),
});
const query = () => ({ name: one(['q', 'r']), ...one([() => ({ string_match: text() }), present])() });
const path = () =>
  one([
    () => ({ prefix: one(paths), ...maybe({ case_sensitive: false }) }),
    () => ({ path: one(paths), ...maybe({ case_sensitive: false }) }),
    () => ({ path_separated_prefix: one(['/a', '/a/b', '/b', '/A']) }),
    () => ({ safe_regex: { regex: one(['/a.*', '/[ab]/.*', '/\\w+', '.*/b', '/a(/b)?']) } }),
  ])();

/** Each answers with its own number. */
const routes = () =>
  Array.from({ length: ROUTES }, (_, index) => ({
    match: { ...path(), headers: some(2, header), query_parameters: some(1, query) },
    direct_response: { status: 200, body: { inline_string: String(index) } },
  }));

const request = (): Case => ({
  method: one(['GET', 'POST', 'ab']),
  path: `${one(paths)}${one(['', '?', `?q=${one(values)}&r`, `?r=${one(values)}&q=${one(values)}`]).replaceAll(' ', '%20')}`,
  headers: [
    ...some(3, () => [one(['x-a', 'x-b', 'x-c', 'cookie', 'user-agent']), one(values)]),
    ...some(1, () => ['host', one(['a', 'ab', 'b:80', 'A'])]),
  ] as [string, string][],
});

test('random requests take the same of random routes as in Envoy', { timeout: 300_000 }, async (context) => {
  const parity = new ParityCount('random routes of the gateway');
  const different: string[] = [];
  const taken = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const all = routes();
    const both = await startBoth({ routes: all, clusters: {} });
    for (let count = 0; count < REQUESTS; count++) {
      const sent = request();
      const answers = await Promise.all(both.ports.map((port) => rawHttp({ ...sent, port })));
      const [gateway, envoy] = answers.map(({ status, body }) => `${status} ${body}`);
      const name = `round ${round} of seed ${SEED}, request ${count}`;
      taken.add(`${round} ${envoy}`);
      if (gateway === envoy) parity.same(name);
      else {
        const difference = `${nameOf(sent)}: the gateway ${gateway}, Envoy ${envoy}`;
        parity.unexplained(name, difference);
        different.push(`${name}: ${difference}`);
      }
    }
    await both.close();
  }
  parity.tell(context);
  assert.deepEqual(different, []);
  // Else all of them might have gone the same way.
  assert.ok(taken.size > ROUNDS * 5, `only ${taken.size} routes were taken`);
});
