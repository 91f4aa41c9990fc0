// Rules in the packed form decide as the same rules written out, and say the same name.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FilterAccess, packRules } from '@tollgate/envoy';
import type { Host } from '@tollgate/host-sim';
import fc from 'fast-check';
import { load, policy } from './load.js';

type Rules = FilterAccess['rules'];
const everywhere = ['0.0.0.0/0'];
const paths = ['/', '/a', '/a/b', '/a/bc', '/b'];
const hosts = ['example.com', 'a.example.com', '127.0.0.1'];
const principal = 'spiffe://mesh/orders';
const some = <T>(items: T[]) => fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength: 2 });
const condition = fc.oneof(
  fc.record({ path: fc.record({ exact: fc.constantFrom(...paths) }) }),
  fc.record({ path: fc.record({ prefix: fc.constantFrom('', ...paths) }) }),
  fc.record({ hosts: some(['EXAMPLE.com.', 'a.example.com:8080', ...hosts]) }),
  fc.record({ consumers: some(['anonymous', 'jwt:a', principal]) }),
);
const matching = fc.array(condition, { minLength: 1, maxLength: 2 });
const call = fc.record({
  path: fc.constantFrom(...paths, '/c'),
  authority: fc.constantFrom(...hosts, 'a.example.com:80', 'other'),
});

/** So many rules that they are packed, of which only the first ones can hold. */
function padded(matches: object[][]): { name: string; match: object[]; deny: string[] }[] {
  const others = Array.from({ length: 101 }, (_, index) => [{ path: { exact: `/other/${index}` } }]);
  return [...matches, ...others].map((match, index) => ({ name: `r${index}`, match, deny: everywhere }));
}

const load1 = (rules: Rules, uri?: string) =>
  load(
    'access',
    { access: [{ ...policy, rules }] },
    uri ? { properties: { 'connection.uri_san_peer_certificate': uri } } : {},
  );
const refusedBy = async (sim: Host, request: object) => {
  const { status, body } = await sim.request(request);
  return status === 403 ? JSON.parse(body.toString()).rule : status;
};

describe('packed rules', () => {
  test('decide as they do written out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(matching, { maxLength: 12 }),
        fc.array(call, { minLength: 3, maxLength: 8 }),
        fc.boolean(),
        async (matches, calls, named) => {
          const written = padded(matches) as Rules;
          const packed = packRules(written as never) as Rules;
          assert.equal(packed.length, 1);
          const [long, short] = await Promise.all(
            [written, packed].map((rules) => load1(rules, named ? principal : undefined)),
          );
          for (const request of calls)
            assert.equal(await refusedBy(short as Host, request), await refusedBy(long as Host, request));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('are those in a row that differ in name and one condition only', () => {
    const rule = (index: number, more: object = {}) => ({
      name: `r${index}`,
      match: [{ path: { exact: `/${index}` } }],
      deny: everywhere,
      ...more,
    });
    const many = (more: object = {}) => Array.from({ length: 150 }, (_, index) => rule(index, more));
    const kinds = (rules: object[]) =>
      packRules(rules as never).map((made) => ('packed' in made ? 'packed' : 'written'));
    assert.deepEqual(kinds(many().slice(50)), Array(100).fill('written'));
    assert.deepEqual(kinds(many()), ['packed']);
    assert.deepEqual(kinds([rule(0, { match: [{ consumers: Array(101).fill('a') }] })]), ['packed']);
    assert.deepEqual(kinds([...many(), ...many({ deny: ['10.0.0.0/8'] })]), ['packed', 'packed']);
    assert.deepEqual(kinds([...many(), { name: 'all', allow: everywhere }]), ['packed', 'written']);
    for (const match of [
      [{ path: { exact: '/' }, methods: ['GET'] }],
      [{ path: { suffix: '/' } }],
      [{ hosts: ['*.example.com'] }],
      [{ path: { exact: `/${'x'.repeat(1023)}` } }],
    ])
      assert.deepEqual(kinds([...many(), rule(150, { match }), ...many()]), ['packed', 'written', 'packed']);
    const prefixes = Array.from({ length: 132 }, (_, index) =>
      rule(index, { match: [{ path: { prefix: '/'.repeat(index + 1) } }] }),
    );
    assert.equal(kinds(prefixes).length, prefixes.length);
  });

  test('of the same condition keep the first', () => {
    const [{ packed = '' } = {}] = packRules(
      padded([[{ path: { exact: '/a' } }], [{ path: { exact: '/a' } }]]),
    ) as never as { packed?: string }[];
    assert.match(packed, /^00360202er0\/a0208er2\/other\/0/);
  });

  test('by the ten thousand are all found, however many calls come between', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => [{ path: { exact: `/many/${index}` } }]);
    const sim = await load1(packRules(padded(many) as never) as Rules);
    for (let index = 0; index < 10_000; index += 97) {
      assert.equal(await refusedBy(sim, { path: `/many/${index}` }), `p/r${index}`);
      assert.equal(await refusedBy(sim, { path: `/many/${index}x`, headers: { a: 'b'.repeat(20_000) } }), 200);
    }
  });

  const wrong: [what: string, packed: unknown][] = [
    ['nothing', ''],
    ['a number', 1],
    ['no count', '0'],
    ['a count of none', '0000'],
    ['a count too many', '00020102ea/a'],
    ['a count too few', '00010101ea/0101eb/a'],
    ['half a head', '00010101xx'],
    ['a digit that is none', '000101/1ea/'],
    ['a length beyond the end', '00010102ea/'],
    ['more behind the last record', '00010101ea/0'],
    ['an unknown condition', '00010101xa/'],
    ['no name', '00010001e/'],
    ['the same twice', '00020101ea/0101eb/'],
    ['no host', '00010100ha'],
    ['a host with a port', '00010103hah:1'],
    ['a host in capitals', '00010101haH'],
    ['a wild host', '00010103ha*.h'],
    ['a consumer of no known form', '00010103cax:y'],
    [
      'too many lengths of prefixes',
      `0011${Array.from({ length: 33 }, (_, n) => `01${String.fromCharCode(0x30 + (n >> 5), 0x30 + (n & 31))}pa${'/'.repeat(n)}`).join('')}`,
    ],
  ];
  for (const [what, packed] of wrong)
    test(`${what} are refused`, async () => {
      await assert.rejects(load1([{ packed } as never]), /rules\[0\]\.packed: must /);
    });

  test('with a name of their own are refused', async () => {
    await assert.rejects(
      load1([{ packed: '00010101ea/', name: 'a' } as never]),
      /rules\[0\]\.name: is an unknown field/,
    );
  });
});
