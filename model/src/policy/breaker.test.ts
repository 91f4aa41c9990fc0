import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { checkDocuments } from '../testing/check-documents.js';

function modelOf(breaker: string) {
  const spec = { breakers: [parse(breaker)] };
  return checkDocuments(
    { kind: 'Service', metadata: { name: 'vendors' } },
    { kind: 'CircuitBreakerPolicy', metadata: { name: 'b' }, spec },
  );
}

const trip = 'trip: {consecutiveFailures: 5}';

test('what is left out has the documented defaults', () => {
  const { model, mistakes } = modelOf(`{name: default, ${trip}}`);
  assert.deepEqual(mistakes, []);
  assert.equal(model.of('CircuitBreakerPolicy').all[0]?.spec.side, 'consumer');
  assert.deepEqual(model.of('CircuitBreakerPolicy').all[0]?.spec.breakers[0], {
    name: 'default',
    key: ['service'],
    window: 30_000,
    trip: { consecutiveFailures: 5, requestsMin: 20 },
    failures: { statuses: ['5xx'], grpc: [], resets: true },
    open: { for: 10_000, forMax: 300_000 },
    probes: 1,
  });
});

test('a breaker that is open longer than the longest default is open for no longer than it says', () => {
  const { model } = modelOf(`{name: default, ${trip}, open: {for: 1h}}`);
  assert.deepEqual(model.of('CircuitBreakerPolicy').all[0]?.spec.breakers[0]?.open, {
    for: 3_600_000,
    forMax: 3_600_000,
  });
});

const cases: [breaker: string, expected: RegExp][] = [
  [
    `{name: a, key: [route], ${trip}}`,
    /breakers\[0\]\.key\[0\]: a breaker for each route \(key: \[route\]\) is not in this release yet$/,
  ],
  ['{name: a}', /trip: is required/],
  ['{name: a, trip: {requestsMin: 3}}', /trip: would never open, write consecutiveFailures/],
  ['{name: a, trip: {slowPercent: 3}}', /trip: write slowPercent and slowAfter together/],
  ['{name: a, trip: {failurePercent: 101}}', /trip\.failurePercent/],
  ['{name: a, trip: {failurePercent: 0.001}}', /has more than two decimal places/],
  [`{name: a, ${trip}, window: 3h}`, /window: is too long, write at most 2h/],
  [
    `{name: a, ${trip}, failures: {statuses: [5x]}}`,
    /statuses\[0\]: "5x" is not a status, write for example "503" or "5xx"/,
  ],
  [
    `{name: a, ${trip}, failures: {grpc: [UNAVAILABEL]}}`,
    /grpc\[0\]: "UNAVAILABEL" is not valid here.*did you mean "UNAVAILABLE"/,
  ],
  [`{name: a, ${trip}, open: {for: 10s, forMax: 5s}}`, /open\.forMax: must not be shorter than `for`/],
  [`{name: a, ${trip}, fallback: {headers: {content-length: "3"}}}`, /content-length: is set by the proxy itself/],
  [`{name: a, ${trip}, jitter: 3}`, /unknown field "jitter"/],
  [`{name: a, ${trip}, match: [{consumers: [ordres]}]}`, /there is no system or service "ordres"/],
];

for (const [breaker, expected] of cases) {
  test(`is a mistake: ${breaker}`, () => {
    assert.match(modelOf(breaker).messages, expected);
  });
}
