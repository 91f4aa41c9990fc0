// Many rules are found through an index; what it finds is held against a model that looks at each rule in its order.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Host } from '@tollgate/host-sim';
import fc from 'fast-check';

interface Condition {
  exact?: string;
  prefix?: string;
  suffix?: string;
}

interface Conditions {
  path?: Condition;
  methods?: string[];
  hosts?: string[];
  headers?: Record<string, Condition>;
  consumers?: string[];
}

interface Rule {
  name: string;
  match?: Conditions[];
  deny: string[];
}

const everywhere = ['0.0.0.0/0'];
const paths = ['/', '/a', '/a/b', '/a/b/c', '/b', '/bb'];
const hosts = ['example.com', 'a.example.com', 'b.a.example.com', 'other'];
const consumers = ['anonymous', 'spiffe://mesh/orders', 'spiffe://mesh/vendors'];
const some = <T>(items: T[]) => fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength: 2 });
const text = fc.constantFrom('1', '2');
const fields = {
  path: fc.oneof(
    fc.record({ exact: fc.constantFrom(...paths) }),
    fc.record({ prefix: fc.constantFrom(...paths.slice(1)) }),
    fc.record({ suffix: fc.constantFrom('a', 'b', '/c') }),
  ),
  hosts: some([...hosts, '*.example.com', '*.a.example.com']),
  headers: fc.dictionary(fc.constantFrom('x-a', 'x-b'), fc.record({ exact: text }), { minKeys: 1 }),
  consumers: some(consumers.slice(1)),
};
/** One condition, so that a rule can be found by each kind of them, and often another that narrows it. */
const conditions: fc.Arbitrary<Conditions> = fc
  .tuple(
    fc.oneof(...Object.entries(fields).map(([name, value]) => value.map((made) => ({ [name]: made }) as Conditions))),
    fc.record({ methods: some(['GET', 'POST']), ...fields }, { requiredKeys: [] }),
    fc.boolean(),
  )
  .map(([one, more, narrowed]) => (narrowed ? { ...more, ...one } : one));
const rules: fc.Arbitrary<Rule[]> = fc
  .array(fc.option(fc.array(conditions, { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 200 }), {
    // Few rules have no index, and fast-check makes short lists unless it is told.
    minLength: 10,
    maxLength: 40,
    size: 'max',
  })
  .map((matches) =>
    matches.map((match, index) => ({ name: `r${index}`, ...(match ? { match } : {}), deny: everywhere })),
  );
const call = fc.record({
  path: fc.constantFrom(...paths, '/c'),
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  host: fc.constantFrom(...hosts, 'com', 'x.y.a.example.com'),
  headers: fc.array(fc.tuple(fc.constantFrom('x-a', 'x-b'), fc.constantFrom('1', '2', '12')), { maxLength: 3 }),
  consumer: fc.constantFrom(...consumers),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

function meets({ exact, prefix, suffix }: Condition, text: string): boolean {
  if (exact !== undefined) return text === exact;
  return prefix !== undefined ? text.startsWith(prefix) : text.endsWith(suffix ?? '');
}

function holds(wanted: Conditions, { path, method, host, headers, consumer }: Call): boolean {
  const names = wanted.hosts?.some((name) => (name.startsWith('*') ? host.endsWith(name.slice(1)) : host === name));
  return (
    (!wanted.path || meets(wanted.path, path)) &&
    (wanted.methods?.includes(method) ?? true) &&
    (names ?? true) &&
    Object.entries(wanted.headers ?? {}).every(([name, condition]) =>
      headers.some(([given, value]) => given === name && meets(condition, value)),
    ) &&
    (wanted.consumers?.includes(consumer) ?? true)
  );
}

test('the first rule that matches is the same with an index and without', async () => {
  const wasm = readFileSync(new URL('../build/access.wasm', import.meta.url));
  const policy = { namespace: 'default', name: 'p', mode: 'enforce' };
  await fc.assert(
    fc.asyncProperty(rules, fc.array(call, { minLength: 5, maxLength: 20 }), async (ordered, calls) => {
      const targets = [{ service: 'default/vendors', access: [{ ...policy, rules: ordered }] }];
      const config = { side: 'provider', service: 'vendors', targets };
      const load = (consumer: string) =>
        Host.load(wasm, {
          config,
          properties: consumer === 'anonymous' ? {} : { 'connection.uri_san_peer_certificate': consumer },
        });
      const sims = new Map(await Promise.all(consumers.map(async (name) => [name, await load(name)] as const)));
      for (const { path, method, host, headers, consumer } of calls) {
        const answer = await sims.get(consumer)?.request({ path, method, authority: host, headers });
        const expected = ordered.find(
          ({ match }) => !match || match.some((one) => holds(one, { path, method, host, headers, consumer })),
        );
        assert.equal(
          answer?.status === 403 ? JSON.parse(answer.body.toString()).rule : undefined,
          expected && `p/${expected.name}`,
        );
      }
    }),
    { numRuns: 150 },
  );
});

test('of many limits all that match count, found or not', async () => {
  const wasm = readFileSync(new URL('../build/ratelimit.wasm', import.meta.url));
  const limit = (name: string, requests: number, match?: object) => ({ name, requests, perMs: 1000, ...match });
  const limits = [
    ...Array.from({ length: 30 }, (_, index) => limit(`p${index}`, 2, { match: [{ path: { exact: `/${index}` } }] })),
    limit('all', 3),
    limit('seven', 1, { match: [{ path: { prefix: '/7' }, methods: ['POST'] }] }),
  ];
  const targets = [{ service: 'default/vendors', ratelimit: [{ name: 'p', limits }] }];
  const sim = await Host.load(wasm, { config: { side: 'provider', service: 'vendors', targets } });
  const asked = async (path: string, method = 'GET') => {
    const answer = await sim.request({ path, method });
    return answer.status === 200 ? undefined : JSON.parse(answer.body.toString()).rule;
  };
  assert.deepEqual(
    [await asked('/7', 'POST'), await asked('/7', 'POST'), await asked('/7'), await asked('/7'), await asked('/x')],
    [undefined, 'p/seven', undefined, 'p/p7', undefined],
  );
  assert.equal(await asked('/8'), 'p/all');
});
