import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rawHttp } from '@tollgate/scenario';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { type Case, playCases } from './gateway-cases.js';

const retry = (retry_policy: object, more: object = {}) => ({
  route: { cluster: 'one', timeout: '0s', retry_policy, ...more },
});
const exact = (name: string, value: string) => ({ name, string_match: { exact: value } });
const elsewhere = {
  retry_priority: {
    name: 'envoy.retry_priorities.previous_priorities',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig',
      update_frequency: 2,
    },
  },
  retry_host_predicate: [
    {
      name: 'envoy.retry_host_predicates.previous_hosts',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
      },
    },
  ],
};

const routes = [
  ...['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable'].map((word) => ({
    match: { prefix: '/grpc-status/', headers: [exact('x-on', word)] },
    ...retry({ retry_on: word }),
  })),
  {
    match: { prefix: '/status/', headers: [exact('x-on', 'answer-header')] },
    ...retry({ retry_on: 'retriable-headers', retriable_headers: [exact('x-application', 'vendors')], num_retries: 2 }),
  },
  {
    match: { prefix: '/status/', headers: [exact('x-on', 'other-answer-header')] },
    ...retry({ retry_on: 'retriable-headers', retriable_headers: [exact('x-application', 'none')] }),
  },
  {
    match: { prefix: '/status/', headers: [{ name: 'x-on', string_match: { prefix: 'request-header' } }] },
    ...retry({ retry_on: '5xx', retriable_request_headers: [exact('x-on', 'request-header')] }),
  },
  {
    match: { prefix: '/status/', headers: [exact('x-on', 'gateway-error')] },
    ...retry({ retry_on: 'gateway-error,retriable-status-codes', retriable_status_codes: [404, 500], num_retries: 3 }),
  },
  {
    match: { prefix: '/status/', headers: [exact('x-on', 'no-retries')] },
    ...retry({ retry_on: '5xx', num_retries: 0 }),
  },
  { match: { prefix: '/status/', headers: [exact('x-on', 'nothing')] }, ...retry({ num_retries: 2 }) },
  {
    match: { prefix: '/cut', headers: [exact('x-on', '5xx')] },
    ...retry({ retry_on: '5xx', num_retries: 2 }),
  },
  { match: { prefix: '/cut', headers: [exact('x-on', 'refused-stream')] }, ...retry({ retry_on: 'refused-stream' }) },
  {
    match: { prefix: '/down', headers: [exact('x-on', 'reset-before-request')] },
    ...retry({ retry_on: 'reset-before-request' }, { cluster: 'down' }),
  },
  {
    match: { prefix: '/down', headers: [exact('x-on', '4xx')] },
    ...retry({ retry_on: 'retriable-4xx' }, { cluster: 'down' }),
  },
  {
    match: { prefix: '/slow/5xx' },
    ...retry({ retry_on: '5xx', num_retries: 2, per_try_timeout: '0.1s' }, { timeout: '10s' }),
  },
  {
    match: { prefix: '/slow/connect' },
    ...retry({ retry_on: 'connect-failure', per_try_timeout: '0.1s' }, { timeout: '10s' }),
  },
  {
    match: { prefix: '/slow/whole' },
    ...retry({ retry_on: '5xx', num_retries: 9, per_try_timeout: '0.3s' }, { timeout: '0.2s' }),
  },
  {
    match: { prefix: '/elsewhere' },
    ...retry(
      { retry_on: '5xx', num_retries: 1, host_selection_retry_max_attempts: '5', ...elsewhere },
      { cluster: 'several', prefix_rewrite: '/status/503' },
    ),
  },
];

const on = (word: string): { headers: [string, string][] } => ({ headers: [['x-on', word]] });
const hold: { headers: [string, string][] } = { headers: [['x-hold', 'yes']] };
const statuses = { cancelled: 1, 'deadline-exceeded': 4, 'resource-exhausted': 8, internal: 13, unavailable: 14 };
const cases: Case[] = [
  ...Object.entries(statuses).flatMap(([word, status]) => [
    { path: `/grpc-status/${status}`, ...on(word) },
    { path: '/grpc-status/2', ...on(word) },
  ]),
  { path: '/status/200', ...on('answer-header') },
  { path: '/status/200', method: 'POST', body: 'again', ...on('answer-header') },
  { path: '/status/503', ...on('other-answer-header') },
  { path: '/status/503', ...on('request-header') },
  { path: '/status/503', ...on('request-header-other') },
  { path: '/status/504', ...on('gateway-error') },
  { path: '/status/500', ...on('gateway-error') },
  { path: '/status/501', ...on('gateway-error') },
  { path: '/status/503', ...on('no-retries') },
  { path: '/status/503', ...on('nothing') },
  { path: '/cut', ...on('5xx') },
  { path: '/cut', ...on('refused-stream') },
  { path: '/down', ...on('reset-before-request') },
  { path: '/down', ...on('4xx') },
  { path: '/slow/5xx', ...hold },
  { path: '/slow/5xx', method: 'POST', body: 'held', ...hold },
  { path: '/slow/connect', ...hold },
  { path: '/slow/whole', ...hold },
];

const parity = new ParityCount('retries of the gateway');

describe('retries of the gateway', () => {
  const both = playCases({ routes, clusters: { several: { ports: ['one', 'two'] } } }, cases, parity);

  test('a retry goes to an endpoint that has not been tried', async () => {
    for (const port of both.ports) {
      const from = both.applications.map(({ seen }) => seen.length);
      for (let count = 0; count < 10; count++) await rawHttp({ port, path: '/elsewhere' });
      assert.deepEqual(
        both.applications.map(({ seen }, index) => seen.length - (from[index] as number)),
        [10, 10],
      );
    }
    parity.same('GET /elsewhere');
  });
});

test('the count', (context) => parity.tell(context));
