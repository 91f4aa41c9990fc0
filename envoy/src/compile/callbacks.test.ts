/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FilterBreaker } from '../filter-config/breaker.js';
import type { FilterTarget } from '../filter-config/index.js';
import type { FilterJwt, FilterKeySet } from '../filter-config/jwt.js';
import type { FilterRateLimit } from '../filter-config/ratelimit.js';
import { governanceModule } from '../wasm-module.js';
import { unusedCallbacks } from './callbacks.js';

const policy = { namespace: 'default', name: 'p', mode: 'enforce' as const };
const limit = (more: object) =>
  [{ ...policy, limits: [{ name: 'l', key: ['service'], headers: false, keysMax: 1, ...more }] }] as FilterRateLimit[];
const bucket = { requests: 1, perMs: 1000, burst: 0 };
const breaker: FilterBreaker[] = [{ ...policy, breakers: [] }];

const fetched = { cluster: 'c', authority: 'a', path: '/', refreshMs: 60_000, timeoutMs: 1000 };
const jwt = (jwks: FilterKeySet): FilterJwt[] => [
  { ...policy, providers: [{ name: 'p', issuer: 'i', jwks, from: [], forward: true }], rules: [] },
];

const all = [
  'proxy_on_delete',
  'proxy_on_http_call_response',
  'proxy_on_log',
  'proxy_on_request_body',
  'proxy_on_request_trailers',
  'proxy_on_response_headers',
  'proxy_on_tick',
];
const cases: [what: string, steps: Omit<FilterTarget, 'service'>, needed: string[]][] = [
  ['access alone', { access: [] }, []],
  ['a token', { token: [] }, []],
  ['a limit', { ratelimit: limit(bucket) }, []],
  ['a limit that tells', { ratelimit: limit({ ...bucket, headers: true }) }, ['proxy_on_response_headers']],
  ['calls in flight', { ratelimit: limit({ concurrent: 2 }) }, ['proxy_on_delete', 'proxy_on_tick']],
  ['keys that are here', { jwt: jwt({ env: 'KEYS' }) }, []],
  ['keys that are fetched', { jwt: jwt({ fetch: fetched }) }, ['proxy_on_http_call_response', 'proxy_on_tick']],
  [
    'a breaker',
    { breaker },
    ['proxy_on_log', 'proxy_on_request_body', 'proxy_on_request_trailers', 'proxy_on_response_headers'],
  ],
];

for (const [what, steps, needed] of cases) {
  test(`${what} needs ${needed.join(' and ') || 'no callback but the usual ones'}`, () => {
    const targets = [{ service: 'default/a', ...steps }];
    const unused = all.filter((callback) => !needed.includes(callback));
    assert.deepEqual([...unusedCallbacks(targets, false)].sort(), unused);
    // The one plugin of a node has all streams.
    assert.deepEqual([...unusedCallbacks(targets, true)].sort(), ['proxy_on_context_create', ...unused]);
  });
}

test('one target that needs a callback keeps it for all that its plugin governs', () => {
  const targets = [
    { service: 'default/a', breaker },
    { service: 'default/b', ratelimit: limit({ concurrent: 2 }), jwt: jwt({ fetch: fetched }) },
  ];
  assert.deepEqual([...unusedCallbacks(targets, false)], []);
});

/** Always there, but for the second where a plugin is alone: of these a request pays for that and for the last. */
const kept = ['proxy_on_configure', 'proxy_on_context_create', 'proxy_on_memory_allocate', 'proxy_on_request_headers'];

test('each callback of the filter is either kept on purpose or has a line in the table', () => {
  const module = new WebAssembly.Module(Buffer.from(governanceModule()));
  const callbacks = WebAssembly.Module.exports(module).flatMap(({ name }) => (/^proxy_on_/.test(name) ? [name] : []));
  assert.deepEqual(callbacks.sort(), [...kept, ...all].sort());
});
