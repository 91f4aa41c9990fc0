import type { FilterName } from '@tollgate/envoy/filter-config';
import { jwk, keySet } from './jwt-token.js';
import type { Json } from './mutation.js';

/** The variables that the configurations name. */
export const environment = { ORDERS_SECRET: 's3cret', OTHER_SECRET: 's4cret', KEYS: keySet(jwk('HS256')) };

const match: Json = [
  {
    path: { prefix: '/admin' },
    methods: ['GET', 'POST'],
    hosts: ['vendors.example', '*.example.com:80'],
    headers: { 'x-a': { exact: '1' }, 'X-B': { present: false } },
    query: { q: { present: true } },
    consumers: ['orders', 'jwt:alice', 'jwt:corporate/alice', 'spiffe://mesh/orders', 'anonymous'],
    addresses: ['10.0.0.0/8', '2001:db8::/32'],
  },
  { path: { exact: '/' }, addresses: { v4: 'CgAAAAg', v6: 'IAENuAAAAAAAAAAAAAAAACA' } },
];

/** What each kind of condition is packed to. */
const packed = '00040102ea/a0103pa//a0104hbhost0107cajwt:bob';

const access: Json = [
  {
    name: 'access',
    mode: { percent: 12.5 },
    rules: [
      { name: 'office', match, allow: ['10.0.0.0/8', '::ffff:10.0.0.1'], deny: { v4: 'CgAAAAgLAAAAEA' } },
      { packed, deny: ['10.0.0.13'] },
      { name: 'default' },
    ],
  },
];

const verifying: Json = [
  {
    namespace: 'default',
    name: 'tokens',
    mode: 'shadow',
    digest: 'md5',
    date: 'second',
    carry: 'headers',
    headers: { system: 'x-system', date: 'x-date', nonce: 'x-nonce', digest: 'x-token' },
    skewMs: 1000,
    replay: { windowMs: 2000, noncesMax: 10 },
    systems: [
      { id: 'orders', secrets: ['ORDERS_SECRET', 'OTHER_SECRET'] },
      { id: 'others', secrets: ['OTHER_SECRET'] },
    ],
    rules: [
      { name: 'open', match, require: 'none' },
      { packed, require: 'none' },
      { name: 'rest', require: 'token', systems: ['orders'] },
    ],
  },
  { name: 'second', header: 'x-other', notBeforeMs: 86_400_000, systems: [] },
];

const signing: Json = [
  {
    name: 'tokens',
    carry: 'header',
    header: 'x-t',
    date: 'second',
    sign: { system: 'orders', secrets: ['ORDERS_SECRET'], nonce: true },
  },
];

const jwt: Json = [
  {
    name: 'jwt',
    notBeforeMs: 1_000,
    providers: [
      {
        name: 'a',
        issuer: 'i',
        audiences: ['x'],
        jwks: { env: 'KEYS' },
        from: [{ header: 'authorization', prefix: 'Bearer ' }, { query: 'token' }, { cookie: 'token' }],
        skewMs: 0,
        subject: 'sub',
        claimsToHeaders: [
          { claim: 'sub', header: 'x-sub' },
          { claim: 'realm.role', header: 'x-role' },
        ],
        payloadToHeader: 'x-claims',
        forward: false,
      },
      { name: 'b', issuer: 'j', jwks: { env: 'KEYS' } },
      {
        name: 'c',
        issuer: 'k',
        jwks: {
          fetch: { cluster: 'keys', authority: 'keys.example', path: '/jwks', refreshMs: 60_000, timeoutMs: 1000 },
        },
      },
    ],
    rules: [
      { name: 'open', match, require: 'none' },
      { name: 'maybe', match, require: 'valid' },
      { packed, require: 'none' },
      { name: 'rest', require: 'jwt', providers: ['a'], claims: { role: ['admin', 1, true] }, scopes: ['read'] },
    ],
  },
];

const ratelimit: Json = [
  {
    name: 'limits',
    limits: [
      {
        name: 'bucket',
        match,
        key: ['consumer', 'route', { header: 'x-t' }, { cookie: 'c' }, { query: 'q' }],
        requests: 10,
        perMs: 1000,
        burst: 5,
        cost: { header: 'x-cost', default: 2, max: 5 },
        headers: true,
        keysMax: 100,
      },
      { name: 'window', requests: 10, perMs: 3_600_000, algorithm: 'sliding-window', cost: 3 },
      { name: 'flight', concurrent: 3 },
    ],
    fairShares: { requests: 10, perMs: 1000, weights: { orders: 2, 'jwt:corporate/alice': 1000, '*': 0.5 } },
  },
];

const breaker: Json = [
  {
    name: 'breaker',
    breakers: [
      {
        name: 'all',
        match,
        windowMs: 10_000,
        trip: { consecutiveFailures: 5, failurePercent: 50, slowPercent: 20.25, slowAfterMs: 100, requestsMin: 10 },
        failures: { statuses: ['5xx', '429'], grpc: [14], resets: false },
        open: { forMs: 1000, forMaxMs: 2000 },
        probes: 2,
        fallback: { status: 200, headers: { 'content-type': 'text/plain' }, body: 'later' },
      },
      { name: 'small', trip: { failurePercent: 50 } },
    ],
  },
];

const provider = (steps: { [name: string]: Json }): Json => ({
  side: 'provider',
  service: 'vendors',
  trustedHops: 1,
  targets: [{ service: 'default/vendors', ...steps }],
});
/** As `consumer`, of one service alone. */
const connections = (steps: { [name: string]: Json }): Json => ({
  side: 'consumer',
  service: 'orders',
  targets: [{ service: 'default/vendors', paths: { trailingSlash: 'exact' }, ...steps }],
});
const consumer = (steps: { [name: string]: Json }): Json => ({
  side: 'consumer',
  service: 'orders',
  targets: [
    { service: 'default/vendors', paths: { caseSensitive: false, trailingSlash: 'ignored' }, ...steps },
    { service: 'default/others' },
  ],
});

/** Right ones for each filter, with every field somewhere. */
export const configurations: Record<FilterName, Json[]> = {
  access: [provider({ access }), consumer({ access })],
  token: [provider({ token: verifying }), consumer({ token: signing })],
  jwt: [provider({ jwt }), consumer({ jwt })],
  ratelimit: [provider({ ratelimit }), consumer({ ratelimit })],
  breaker: [provider({ breaker }), consumer({ breaker })],
  governance: [
    provider({ access, token: verifying, jwt, ratelimit, breaker }),
    consumer({ access, token: signing, jwt, ratelimit, breaker }),
  ],
  tcp: [provider({ access, ratelimit }), connections({ access, ratelimit })],
};
