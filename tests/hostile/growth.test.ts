// Twice as much of anything costs about twice as much: what a filter does for a request is counted in steps (heads of loops and
// functions), which are the same on every machine. Whatever compares each piece with each other takes four times as many.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FilterTarget } from '@tollgate/envoy';
import { type Host, type HostOptions, ManualClock } from '@tollgate/host-sim';
import { jwk, jws, keySet } from '../filters/jwt-token.js';
import { load, policy } from '../filters/load.js';

const FACTOR_MAX = 2.5;
const everywhere = ['0.0.0.0/0'];
const claims = { iss: 'i', sub: 'alice', exp: 4_102_444_800 };

/** Something looks at every part of the request, and at some of them twice; nothing is ever refused by a rule or a limit. */
const steps: Partial<FilterTarget> = {
  access: [
    {
      ...policy,
      rules: [
        {
          name: 'query',
          match: [{ query: { beta: { exact: 'x' } } }, { query: { '': { exact: 'x' } } }],
          deny: everywhere,
        },
        { name: 'header', match: [{ headers: { 'x-a': { exact: 'x' } } }], deny: everywhere },
        { name: 'ends', match: [{ headers: { 'x-a': { prefix: 'yy' }, 'x-b': { suffix: 'yy' } } }], deny: everywhere },
        { name: 'path', match: [{ path: { suffix: '.key' } }, { path: { prefix: '/admin' } }], deny: everywhere },
        { name: 'host', match: [{ hosts: ['*.example.com', 'example.com'] }], deny: everywhere },
      ],
    },
  ],
  token: [
    {
      ...policy,
      ...{ digest: 'hmac-sha256', date: 'day', carry: 'header', header: 'x-tollgate-token', skewMs: 0 },
      systems: [{ id: 'orders', secrets: ['ORDERS_SECRET'] }],
      rules: [{ name: 'open', require: 'none' }],
    },
    {
      ...policy,
      name: 'apart',
      ...{ digest: 'md5', date: 'second', carry: 'headers', skewMs: 0 },
      headers: { system: 'x-system', date: 'x-date', nonce: 'x-nonce', digest: 'x-digest' },
      systems: [{ id: 'orders', secrets: ['ORDERS_SECRET'] }],
      rules: [{ name: 'open', require: 'none' }],
    },
  ],
  jwt: [
    {
      ...policy,
      mode: 'shadow',
      providers: [
        {
          name: 'a',
          issuer: 'i',
          jwks: { env: 'KEYS' },
          from: [{ header: 'authorization', prefix: 'Bearer ' }, { query: 'beta' }, { cookie: 'beta' }],
          claimsToHeaders: [{ claim: 'sub', header: 'x-sub' }],
          payloadToHeader: 'x-payload',
          forward: false,
        },
      ],
      rules: [{ name: 'r', require: 'jwt', claims: { role: ['admin'] }, scopes: ['read', 'write'] }],
    },
  ],
  ratelimit: [
    {
      ...policy,
      limits: [
        { header: 'x-a' },
        { cookie: 'beta' },
        { query: 'beta' },
        ...(['path', 'consumer', 'address', 'method'] as const),
      ].map((part, index) => ({
        name: `l${index}`,
        key: [part],
        requests: 4_000_000_000,
        perMs: 1000,
        cost: { header: 'x-cost' },
      })),
    },
  ] as FilterTarget['ratelimit'],
  breaker: [{ ...policy, breakers: [{ name: 'all', trip: { failurePercent: 50 } }] }] as FilterTarget['breaker'],
};

interface Asked {
  path?: string;
  authority?: string;
  headers?: [string, string][];
}

const options = (): HostOptions & { trustedHops: number } => ({
  trustedHops: 1,
  env: { ORDERS_SECRET: 's3cret', KEYS: keySet(jwk('HS256')) },
  clock: new ManualClock('2026-11-21T12:00:00Z'),
  trace: false,
});

/** Steps of a request, in a filter that has seen others before. */
async function cost(sim: Host, request: Asked): Promise<number> {
  const before = sim.stepsTaken;
  await sim.request(request);
  return sim.stepsTaken - before;
}

async function grows(what: string, sizes: number[], request: (size: number) => Asked, target = steps): Promise<void> {
  for (const size of sizes) {
    const sim = await load('governance', target, options());
    await sim.request({ headers: [['authorization', `Bearer ${jws('HS256', JSON.stringify(claims))}`]] });
    const once = await cost(sim, request(size));
    const twice = await cost(sim, request(size * 2));
    assert.ok(Math.min(once, twice) > 100, `${what} of ${size} is not looked at: ${once} and ${twice} steps`);
    assert.ok(twice <= once * FACTOR_MAX, `${what}: ${once} steps for ${size}, ${twice} for twice as much`);
  }
}

const bytes = [1_000, 7_000, 30_000];
/** So many bytes of this, over and over. */
const filled = (unit: string, size: number): string => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
const header = (name: string, value: string): Asked => ({ headers: [[name, value]] });

describe('twice the bytes cost at most two and a half times as much', () => {
  const paths = [
    'a',
    '/',
    '/a',
    '/.',
    '/..',
    '/a/..',
    '%41',
    '%c3%a9',
    '/%2e',
    ';',
    ';a',
    '/a;b',
    '.',
    '=',
    '&',
    '%',
    '@:',
  ];
  for (const unit of paths)
    test(`a path of ${unit}`, () => grows(unit, bytes, (size) => ({ path: `/${filled(unit, size)}` })));

  const queries = [
    '&',
    'a&',
    'beta&',
    'beta=&',
    '=',
    '=&',
    '%41',
    '%62eta&',
    '%',
    '%&',
    '+',
    ';',
    'a;',
    '?',
    'beta',
    'beta=1&',
  ];
  for (const unit of queries)
    test(`a query of ${unit}`, () =>
      grows(unit, [100, 600, ...bytes], (size) => ({ path: `/?${filled(unit, size)}` })));

  for (const letter of ['a', '%41', '%', '+', '='])
    test(`as many parameters as may be, of ${letter}`, () =>
      grows(letter, bytes, (size) => ({
        path: `/?${`beta=${filled(letter, Math.max(0, size / 256 - 6))}&`.repeat(255)}beta=1`,
      })));
  test('parameters, up to as many as may be', () =>
    grows('parameters', [32, 64, 128], (count) => ({ path: `/?${'beta&'.repeat(count)}` })));

  const values = [
    'a',
    'y',
    ' ',
    '\t',
    ',',
    ', ',
    ';',
    '=',
    '.',
    ':',
    '%41',
    '1',
    '0',
    '"',
    '\\',
    '\xff',
    '\xc3\xa9',
    '[',
    '::',
    '1.2.3.4,',
  ];
  const names = [
    'x-a',
    'x-b',
    'x-cost',
    'x-other',
    'x-request-id',
    'content-type',
    'x-system',
    'x-date',
    'x-nonce',
    'x-digest',
  ];
  for (const name of [...names, 'x-tollgate-token', 'authorization', 'x-forwarded-for', 'x-sub', 'cookie']) {
    test(`a header ${name}`, async () => {
      for (const unit of values) await grows(`${name} of ${unit}`, bytes, (size) => header(name, filled(unit, size)));
    });
  }
  test('a host', async () => {
    for (const unit of ['a', '.', 'a.', '1', ':', '-']) {
      await grows(unit, [60, 120, 1000, 30_000], (size) => ({ authority: `a${filled(unit, size)}` }));
    }
  });
  const cookies = [';', '; ', 'a;', 'a; ', 'beta;', 'beta=;', 'beta=1; ', '=;', '=', 'a=1; ', 'b', ' ;', 'betb=1;'];
  for (const unit of cookies)
    test(`cookies of ${unit}`, () => grows(unit, bytes, (size) => header('cookie', filled(unit, size))));
  const tokens = ['.', 'a', 'a.', '-', '0', 'orders.20261121.', 'orders.', ','];
  for (const unit of tokens)
    test(`a token of ${unit}`, () => grows(unit, bytes, (size) => header('x-tollgate-token', filled(unit, size))));
});

describe('twice as many headers', () => {
  const named: Record<string, (index: number) => [string, string]> = {
    'of other names': (index) => [`x-h${index}`, 'v'],
    'of one name': () => ['x-a', 'v'],
    'of one name, empty': () => ['x-a', ''],
    'of cookies': () => ['cookie', 'beta'],
    'of addresses': () => ['x-forwarded-for', '1.2.3.4'],
    'of tokens': () => ['x-tollgate-token', 'a.b.c'],
    'of JWTs': () => ['authorization', 'Bearer a.b.c'],
    'of costs': () => ['x-cost', '1'],
  };
  for (const [what, one] of Object.entries(named)) {
    test(what, () =>
      grows(what, [12, 25, 45], (count) => ({ headers: Array.from({ length: count }, (_, index) => one(index)) })),
    );
  }
});

describe('a JWT', () => {
  const list = (size: number, one: (index: number) => string): string => {
    const items: string[] = [];
    for (let length = 0; length < size; length += (items.at(-1)?.length ?? 0) + 1) items.push(one(items.length));
    return items.join(',');
  };
  const said = (more: string) => `{"iss":"i","sub":"alice","exp":4102444800,${more}}`;
  const payloads: Record<string, (size: number) => string> = {
    numbers: (size) => said(`"n":[${list(size, () => '0')}]`),
    'one member after the other': (size) => said(list(size, (index) => `"m${index}":0`)),
    'members within': (size) => said(`"o":{${list(size, (index) => `"m${index}":{"a":0}`)}}`),
    'empty lists': (size) => said(`"n":[${list(size, () => '[]')}]`),
    depth: (size) => said(`"n":${'['.repeat(size / 2)}${']'.repeat(size / 2)}`),
    escapes: (size) => said(`"t":"${filled('\\u0041', size)}"`),
    'short escapes': (size) => said(`"t":"${filled('\\n', size)}"`),
    letters: (size) => said(`"t":"${filled('\u00e9', size)}"`),
    blanks: (size) => said(`"t":${filled(' ', size)}0`),
    digits: (size) => said(`"t":${filled('1', size)}`),
    'quotation marks': (size) => filled('"', size),
    braces: (size) => filled('{"a":', size),
    roles: (size) => said(`"role":[${list(size, () => '"user"')}]`),
    scopes: (size) => said(`"scope":"${filled('a ', size)}"`),
    'scopes of one letter less': (size) => said(`"scope":"${filled('rea ', size)}"`),
    'a list of scopes': (size) => said(`"scope":[${list(size, () => '"a"')}]`),
    audiences: (size) => said(`"aud":[${list(size, () => '"a"')}]`),
    'a long subject': (size) => `{"iss":"i","exp":4102444800,"sub":"${filled('a', size)}"}`,
    'a long issuer': (size) => `{"exp":4102444800,"iss":"${filled('i', size)}"}`,
  };
  const sizes = [900, 2_500, 5_000];
  for (const [what, payload] of Object.entries(payloads)) {
    test(`with ${what}`, async () => {
      const token = (size: number) => jws('HS256', payload(size));
      await grows(what, sizes, (size) => header('authorization', `Bearer ${token(size)}`));
      await grows(`${what} in a cookie`, sizes, (size) => header('cookie', `beta=${token(size)}`));
      await grows(`${what} in the query`, sizes, (size) => ({ path: `/?beta=${token(size)}` }));
    });
  }
  test('with as many members as may be', async () => {
    const members = (count: number) => said(Array.from({ length: count }, (_, index) => `"${index}":0`).join());
    await grows('members', [30, 60, 120], (count) => header('authorization', `Bearer ${jws('HS256', members(count))}`));
  });
  test('with a long header', () =>
    grows('header', sizes, (size) =>
      header('authorization', `Bearer ${jws('HS256', said('"a":0'), { x: filled('a', size) })}`),
    ));
  test('with a long kid', () =>
    grows('kid', sizes, (size) =>
      header('authorization', `Bearer ${jws('HS256', said('"a":0'), { kid: filled('a', size) })}`),
    ));
  test('of dots, of letters, of nothing after another', async () => {
    for (const unit of ['.', 'a', 'a.', 'e30.', '-_', '='])
      await grows(unit, [1_000, 7_000, 30_000], (size) => header('authorization', `Bearer ${filled(unit, size)}`));
  });
});

describe('twice as many rules', () => {
  type Match = Record<string, unknown>;
  const rules: Record<string, (index: number) => Match> = {
    'of a path': (index) => ({ path: { exact: `/p${index}` } }),
    'of a prefix': (index) => ({ path: { prefix: `/a${'a'.repeat(index % 60)}${index}` } }),
    'of a suffix': (index) => ({ path: { suffix: `.s${index}` } }),
    'of a host': (index) => ({ hosts: [`h${index}.example.com`] }),
    'of hosts below another': (index) => ({ hosts: [`*${'.a'.repeat(1 + (index % 100))}`], path: { suffix: 'x' } }),
    'of a header': (index) => ({ headers: { 'x-a': { exact: `v${index}` } }, path: { suffix: 'x' } }),
    'of the start of a header': (index) => ({ headers: { 'x-a': { prefix: `w${index}` } } }),
    'of many headers': (index) => ({ headers: { [`x-h${index}`]: { exact: '1' } } }),
    'of a parameter': () => ({ query: { beta: { exact: 'x' } } }),
    'of many parameters': (index) => ({ query: { [`p${1000 + index}`]: { present: true } } }),
    'of a method': () => ({ methods: ['PURGE', 'TRACE'] }),
    'of a consumer': (index) => ({ consumers: [`system-${index}`] }),
    'of an address': (index) => ({ addresses: [`10.0.${index >> 8}.${index & 255}`] }),
  };
  const request = {
    path: `/${'a'.repeat(100)}?${'beta=1&'.repeat(250)}`,
    authority: `b${'.a'.repeat(110)}`,
    headers: Array.from({ length: 80 }, (_, index): [string, string] => ['x-a', `v${index}`]),
  };
  for (const [what, match] of Object.entries(rules)) {
    test(what, async () => {
      const costs = await Promise.all(
        [100, 200, 400].map(async (count) => {
          const ordered = Array.from({ length: count }, (_, index) => ({
            name: `r${index}`,
            match: [match(index)],
            deny: everywhere,
          }));
          const sim = await load('governance', { access: [{ ...policy, rules: ordered }] } as never, options());
          await sim.request();
          return cost(sim, request);
        }),
      );
      for (const [index, twice] of costs.slice(1).entries())
        assert.ok(twice <= (costs[index] ?? 0) * FACTOR_MAX, `${what}: ${costs.join(', ')} steps for 100, 200, 400`);
    });
  }

  test('of values of one header, all of which are asked for', async () => {
    const ordered = Array.from({ length: 200 }, (_, index) => ({
      name: `r${index}`,
      match: [{ headers: { 'x-a': { exact: `v${index}` } }, path: { suffix: '.never' } }],
      deny: everywhere,
    }));
    const headers = (count: number) => ({
      headers: Array.from({ length: count }, (_, index): [string, string] => ['x-a', `v${count - index}`]),
    });
    await grows('values', [12, 25, 45], headers, { access: [{ ...policy, rules: ordered }] } as never);
  });
});
