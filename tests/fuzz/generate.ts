import type { FilterName } from '@tollgate/envoy/filter-config';
import { signToken } from '@tollgate/model';
import fc from 'fast-check';
import { configurations } from '../filters/configurations.js';
import { jwt as signedJwt } from '../filters/jwt-token.js';
import { type Json, mutation } from '../filters/mutation.js';
import type { FuzzRequest } from './call-model.js';
import type { FuzzCase } from './case.js';
import { now } from './oracle.js';

const piece = fc.constantFrom(
  ...[
    '.',
    ',',
    ', ',
    '/',
    '%',
    '2',
    'f',
    'e',
    'T',
    'Z',
    '0',
    ';',
    '=',
    '&',
    ':',
    '[',
    ']',
    '\xe9',
    '\xff',
    ' ',
    '+',
    '"',
  ],
  ...[
    'orders',
    '20261121',
    '%2e',
    '%2F',
    '%00',
    '..',
    'x'.repeat(70),
    '999',
    '::',
    'a1b2c3',
    '\\',
    '//',
    '%zz',
    '{}',
    'a',
  ],
);
const junk = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

/** Right texts with something put in, taken out or exchanged. */
const spoilt = (right: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 2, arbitrary: right },
    fc.tuple(right, fc.nat(), fc.nat(6), fc.oneof(piece, fc.constant(''))).map(([text, at, drop, put]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + drop);
    }),
  );

const signed = fc
  .record({
    system: fc.constantFrom('orders', 'others', 'nobody'),
    secret: fc.constantFrom('s3cret', 's4cret', 'other'),
    date: fc.constantFrom('20261121', '20261120', '20261121T120000Z', '20261121T115959Z', '20261121T120002Z'),
    digest: fc.constantFrom('hmac-sha256' as const, 'hmac-sha256' as const, 'md5' as const),
    nonce: fc.option(fc.constantFrom('nonce1', 'nonce2'), { nil: undefined }),
  })
  .map(({ digest, secret, nonce, ...parts }) => signToken(digest, secret, { ...parts, ...(nonce ? { nonce } : {}) }));
const tokenText = signed.map(({ system, date, nonce, digest }) =>
  [system, date, ...(nonce ? [nonce] : []), digest].join('.'),
);
const seconds = now.getTime() / 1000;
const jwtText = fc
  .record({
    iss: fc.constantFrom('i', 'j', 'k'),
    aud: fc.constantFrom('x', 'y'),
    exp: fc.constantFrom(seconds + 9, seconds, seconds - 99),
  })
  .map((claims) => signedJwt({ ...claims, role: 'admin', scope: 'read', sub: 'alice' }));
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    '10.0.0.1',
    '10.1.2.3:80',
    '[2001:db8::1]:9',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    'unknown',
    '11.0.1.1',
  ),
);

type Header = [name: string, value: string];
const header: fc.Arbitrary<Header> = fc.oneof(
  fc.tuple(fc.constantFrom('x-tollgate-token', 'x-tollgate-token', 'x-other'), spoilt(tokenText)),
  fc.tuple(fc.constant('authorization'), spoilt(jwtText.map((text) => `Bearer ${text}`))),
  fc.tuple(fc.constant('x-forwarded-for'), spoilt(fc.array(address, { maxLength: 3 }).map((list) => list.join(', ')))),
  fc.tuple(
    fc.constantFrom('x-a', 'x-b', 'cookie', 'x-request-id', 'content-type'),
    fc.oneof(junk, fc.constantFrom('1', 'c=1')),
  ),
);
const tokenHeaders: fc.Arbitrary<Header[]> = signed.map(({ system, date, nonce = 'nonce3', digest }) => [
  ['x-system', system],
  ['x-date', date],
  ['x-nonce', nonce],
  ['x-token', digest],
]);

const path = fc.oneof(
  spoilt(fc.constantFrom('/', '/admin', '/admin/a', '/a/../admin', '/x?q=1', '*', '/admin;x?token=a')),
  junk.map((text) => `/${text}`),
  jwtText.map((text) => `/?token=${text}`),
  // About as many parameters as may be.
  fc
    .tuple(
      fc.constantFrom('/', '/admin', '*'),
      fc.integer({ min: 250, max: 260 }),
      fc.constantFrom('&', 'q&', 'q=1&', ';&'),
      junk,
    )
    .map(([before, count, parameter, last]) => `${before}?${parameter.repeat(count)}${last}`),
);

const request: fc.Arbitrary<FuzzRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'OPTIONS', 'HEAD'),
  path: path.map((text) => text.replace(/[ #]/g, '') || '/'),
  authority: spoilt(fc.constantFrom('vendors.example', 'a.example.com:80', 'EXAMPLE.com.', '[::1]:9')),
  headers: fc
    .tuple(fc.array(header, { maxLength: 5 }), fc.oneof(fc.constant<Header[]>([]), tokenHeaders))
    .map(([some, all]) => [...some, ...all]),
  peer: fc.constantFrom(
    '10.0.0.1:5',
    '10.0.0.13:5',
    '[2001:db8::3]:3',
    '11.0.200.1:1',
    '192.0.2.1:1',
    '[::ffff:10.0.0.2]:1',
  ),
});

const access: Json = [
  {
    name: 'access',
    rules: [
      {
        name: 'post',
        match: [{ methods: ['POST'] }, { hosts: ['*.example.com'], query: { q: { exact: '1' } } }],
        deny: ['10.0.0.13'],
      },
      {
        name: 'admin',
        match: [{ path: { prefix: '/admin' } }, { headers: { 'x-a': { exact: '1' } } }],
        allow: ['10.0.0.0/8'],
      },
      { name: 'rest', deny: { v4: 'CwAAABA', v6: 'IAENuAAAAAAAAAAAAAAAACA' } },
    ],
  },
];
const systems: Json = [
  { id: 'orders', secrets: ['ORDERS_SECRET', 'OTHER_SECRET'] },
  { id: 'others', secrets: ['OTHER_SECRET'] },
];
const opened: Json = { name: 'open', match: [{ path: { prefix: '/x' } }], require: 'none' };
const token: Json = [{ name: 'day', systems, rules: [opened, { name: 'rest', systems: ['orders'] }] }];
const inHeaders: Json = [
  {
    name: 'second',
    digest: 'md5',
    date: 'second',
    carry: 'headers',
    headers: { system: 'x-system', date: 'x-date', nonce: 'x-nonce', digest: 'x-token' },
    skewMs: 1000,
    replay: { windowMs: 2000 },
    systems,
  },
];
const keys: Json = { env: 'KEYS' };
const from: Json = [{ header: 'authorization', prefix: 'Bearer ' }, { query: 'token' }];
const jwt: Json = [
  {
    name: 'jwt',
    providers: [
      { name: 'a', issuer: 'i', audiences: ['x'], jwks: keys, from },
      { name: 'b', issuer: 'j', jwks: keys, skewMs: 0 },
    ],
    rules: [opened, { name: 'rest', claims: { role: ['admin'] }, scopes: ['read'] }],
  },
];
const on = (steps: { [name: string]: Json }): Json => ({
  side: 'provider',
  service: 'vendors',
  trustedHops: 1,
  targets: [{ service: 'default/vendors', ...steps }],
});

/** What forbids something to somebody, all of it enforced: only there can a call pass without right. */
const enforced: Record<FilterName, Json[]> = {
  access: [on({ access })],
  token: [on({ token }), on({ token: inHeaders })],
  jwt: [on({ jwt })],
  ratelimit: [],
  breaker: [],
  governance: [on({ access, token }), on({ access, token: inHeaders }), on({ access, jwt })],
};

/** Configurations of one filter: right ones, ones with something changed, and texts that are none. */
function configuration(filter: FilterName): fc.Arbitrary<Json> {
  const provider = configurations[filter][0] ?? {};
  const valid = fc.constantFrom(provider, ...enforced[filter]);
  const changed = valid.chain((config) => mutation(config));
  const twice = changed.chain((config) => mutation(config));
  const text = fc.tuple(valid, fc.nat(), fc.nat(3), piece).map(([config, at, drop, put]) => {
    const written = JSON.stringify(config);
    const from = at % written.length;
    return written.slice(0, from) + put + written.slice(from + drop);
  });
  return fc.oneof({ weight: 2, arbitrary: valid }, { weight: 6, arbitrary: changed }, twice, text, fc.json());
}

const filters = Object.keys(configurations) as FilterName[];

export const fuzzCase: fc.Arbitrary<FuzzCase> = fc.constantFrom(...filters).chain((filter) =>
  fc.record({
    filter: fc.constant(filter),
    config: configuration(filter),
    requests: fc.array(request, { minLength: 1, maxLength: 20 }),
  }),
);
