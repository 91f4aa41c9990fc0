import type { FilterName } from '@tollgate/envoy/filter-config';
import fc from 'fast-check';
import { configurations } from '../filters/configurations.js';
import { type Json, mutation, numbersIn, replaced } from '../filters/mutation.js';
import type { FuzzCase } from './case.js';
import { piece, request } from './request.js';

const everywhere = ['0.0.0.0/0', '::/0'];
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
/** What spellings are to pass by: nobody may ask for these. */
const closed: Json = [
  {
    name: 'closed',
    rules: [
      {
        name: 'paths',
        match: [
          { path: { exact: '/Admin' } },
          { path: { prefix: '/below/' } },
          { path: { exact: '/v1/users%3apurge' } },
          { path: { prefix: '/caf%c3%a9' } },
          { path: { suffix: '.Key' } },
        ],
        deny: everywhere,
      },
      {
        name: 'hosts',
        match: [{ hosts: ['admin.example.com', '[2001:db8::1]', '*.closed.example'] }],
        deny: everywhere,
      },
      { name: 'values', match: [{ headers: { 'x-a': { exact: 'admin' }, 'x-b': { suffix: '1' } } }], deny: everywhere },
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
      {
        name: 'b',
        issuer: 'j',
        jwks: keys,
        skewMs: 0,
        claimsToHeaders: [
          { claim: 'sub', header: 'x-sub' },
          { claim: 'role', header: 'x-role' },
        ],
        payloadToHeader: 'x-claims',
      },
    ],
    rules: [opened, { name: 'rest', claims: { role: ['admin'] }, scopes: ['read'] }],
  },
];
const on = (steps: { [name: string]: Json }, paths?: { [name: string]: Json }): Json => ({
  side: 'provider',
  service: 'vendors',
  trustedHops: 1,
  targets: [{ service: 'default/vendors', ...(paths ? { paths } : {}), ...steps }],
});

/** Connections have nothing of what is made up here. */
type CallFilter = Exclude<FilterName, 'tcp'>;

/** What forbids something to somebody, all of it enforced: only there can a call pass without right. */
const enforced: Record<CallFilter, Json[]> = {
  access: [
    on({ access }),
    on({ access: closed }),
    on({ access: closed }, { caseSensitive: false, trailingSlash: 'ignored' }),
    on({ access: closed }, { trailingSlash: 'ignored' }),
  ],
  token: [on({ token }), on({ token: inHeaders })],
  jwt: [on({ jwt })],
  ratelimit: [],
  breaker: [],
  governance: [on({ access, token }), on({ access, token: inHeaders }), on({ access, jwt })],
};

/** Configurations of one filter: right ones, ones with something changed, and texts that are none. */
function configuration(filter: CallFilter): fc.Arbitrary<Json> {
  const provider = configurations[filter][0] ?? {};
  const valid = fc.constantFrom(provider, ...enforced[filter]);
  const changed = valid.chain((config) => mutation(config));
  const twice = changed.chain((config) => mutation(config));
  const text = fc.tuple(valid, fc.nat(), fc.nat(3), piece).map(([config, at, drop, put]) => {
    const written = JSON.stringify(config);
    const from = at % written.length;
    return written.slice(0, from) + put + written.slice(from + drop);
  });
  const bounded = valid.chain((config) => atBounds(config));
  return fc.oneof(
    { weight: 4, arbitrary: valid },
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: bounded },
    twice,
    text,
    fc.json(),
  );
}

/** Numbers that something begins, ends or overflows at. */
const bounds = [0, 1, 2, 99, 100, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -1, 0.01, 0.001];

/** Up to four of its numbers at a bound. */
function atBounds(config: Json): fc.Arbitrary<Json> {
  const places = numbersIn(config);
  if (places.length === 0) return fc.constant(config);
  return fc
    .array(fc.tuple(fc.constantFrom(...places), fc.constantFrom(...bounds)), { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce((made, [place, number]) => replaced(made, place, number), config));
}

const filters = Object.keys(enforced) as CallFilter[];

export const fuzzCase: fc.Arbitrary<FuzzCase> = fc.constantFrom(...filters).chain((filter) =>
  fc.record({
    filter: fc.constant(filter),
    config: configuration(filter),
    normalized: fc.boolean(),
    requests: fc.array(request, { minLength: 1, maxLength: 20 }),
  }),
);
