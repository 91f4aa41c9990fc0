import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rawHttp } from '@tollgate/scenario';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { type Case, closed, playCases } from './gateway-cases.js';

const to = (cluster: string, more: object = {}) => ({ route: { cluster, timeout: '0s', ...more } });

/** Each has a path of its own, so that one bootstrap holds them all. */
const routes = [
  { match: { path: '/many', headers: [{ name: 'x-many', string_match: { exact: 'q' } }] }, ...to('one') },
  { match: { path: '/many', headers: [{ name: 'x-many', string_match: { contains: 'q,z' } }] }, ...to('two') },
  {
    match: { path: '/none', headers: [{ name: 'x-many', string_match: { exact: 'q' }, invert_match: true }] },
    ...to('one'),
  },
  { match: { path: '/exact' }, ...to('one') },
  { match: { path: '/Folded', case_sensitive: false }, ...to('one') },
  { match: { path_separated_prefix: '/part' }, ...to('one') },
  { match: { safe_regex: { regex: '/re(?P<n>[0-9]+)/.*' } }, ...to('one') },
  {
    match: {
      prefix: '/headers',
      headers: [
        { name: 'x-exact', string_match: { exact: 'a,b' } },
        { name: 'x-not', string_match: { prefix: 'no', ignore_case: true }, invert_match: true },
        { name: 'x-range', range_match: { start: '3', end: '7' } },
        { name: 'x-gone', present_match: false },
      ],
    },
    ...to('one'),
  },
  {
    match: {
      prefix: '/headers',
      headers: [
        { name: 'x-maybe', string_match: { exact: '' }, treat_missing_header_as_empty: true },
        { name: ':method', string_match: { exact: 'PUT' } },
      ],
    },
    ...to('two'),
  },
  {
    match: {
      prefix: '/query',
      query_parameters: [
        { name: 'a', string_match: { exact: '1 2' } },
        { name: 'b', present_match: true },
      ],
    },
    ...to('one'),
  },
  { match: { prefix: '/query', query_parameters: [{ name: 'a', string_match: { contains: '%20' } }] }, ...to('two') },
  { match: { prefix: '/rewrite/' }, ...to('one', { prefix_rewrite: '/new/', host_rewrite_literal: 'other.example' }) },
  {
    match: { prefix: '/weighted' },
    route: {
      weighted_clusters: {
        clusters: [
          { name: 'one', weight: 0 },
          { name: 'two', weight: 5 },
        ],
      },
    },
  },
  { match: { prefix: '/away/https' }, redirect: { https_redirect: true, response_code: 'PERMANENT_REDIRECT' } },
  {
    match: { prefix: '/away/host' },
    redirect: { host_redirect: 'there.example', port_redirect: 8443, strip_query: true },
  },
  { match: { prefix: '/away/path' }, redirect: { path_redirect: '/landed', response_code: 'SEE_OTHER' } },
  { match: { prefix: '/away/prefix' }, redirect: { prefix_rewrite: '/home' } },
  { match: { prefix: '/direct' }, direct_response: { status: 418, body: { inline_string: 'short and stout' } } },
  { match: { prefix: '/empty' }, direct_response: { status: 204 } },
  { match: { prefix: '/timeout' }, route: { cluster: 'one', timeout: '0.2s' } },
  { match: { prefix: '/status/503' }, ...to('one', { retry_policy: { retry_on: '5xx', num_retries: 2 } }) },
  { match: { prefix: '/status/409' }, ...to('one', { retry_policy: { retry_on: 'retriable-4xx' } }) },
  {
    match: { prefix: '/status/404' },
    ...to('one', {
      retry_policy: { retry_on: 'retriable-status-codes', retriable_status_codes: [404], num_retries: 3 },
    }),
  },
  { match: { prefix: '/status/500' }, ...to('one', { retry_policy: { retry_on: 'gateway-error,connect-failure' } }) },
  { match: { prefix: '/grpc-status/14' }, ...to('one', { retry_policy: { retry_on: 'unavailable' } }) },
  {
    match: { prefix: '/cut/reset' },
    ...to('one', { prefix_rewrite: '/cut', retry_policy: { retry_on: 'reset', num_retries: 2 } }),
  },
  { match: { prefix: '/refused' }, ...to('flaky', { retry_policy: { retry_on: 'connect-failure', num_retries: 1 } }) },
  { match: { prefix: '/down' }, ...to('down', { retry_policy: { retry_on: 'connect-failure', num_retries: 1 } }) },
  {
    match: { prefix: '/slow' },
    route: {
      cluster: 'one',
      timeout: '5s',
      retry_policy: { retry_on: '5xx', num_retries: 1, per_try_timeout: '0.2s' },
    },
  },
  { match: { prefix: '/default' }, route: { cluster: 'one' } },
];

const cases: Case[] = [
  { path: '/exact' },
  {
    path: '/many',
    headers: [
      ['x-many', 'q'],
      ['x-many', 'z'],
    ],
  },
  {
    path: '/many',
    headers: [
      ['x-many', 'z'],
      ['x-many', 'q'],
    ],
  },
  { path: '/many', headers: [['x-many', 'aq,za']] },
  {
    path: '/none',
    headers: [
      ['x-many', 'q'],
      ['x-many', 'z'],
    ],
  },
  {
    path: '/none',
    headers: [
      ['x-many', 'p'],
      ['x-many', 'z'],
    ],
  },
  { path: '/exact?a=b' },
  { path: '/exact/' },
  { path: '/folded' },
  { path: '/part' },
  { path: '/part/of' },
  { path: '/party' },
  { path: '/part?x' },
  { path: '/re12/x?y' },
  { path: '/re/x' },
  {
    path: '/headers',
    headers: [
      ['x-exact', 'a,b'],
      ['x-not', 'yes'],
      ['x-range', '3'],
    ],
  },
  {
    path: '/headers',
    headers: [
      ['x-exact', 'a'],
      ['x-exact', 'b'],
      ['x-not', 'yes'],
      ['x-range', '3'],
    ],
  },
  {
    path: '/headers',
    headers: [
      ['x-exact', 'a,b'],
      ['x-not', 'NOPE'],
      ['x-range', '3'],
    ],
  },
  {
    path: '/headers',
    headers: [
      ['x-exact', 'a,b'],
      ['x-range', '3'],
    ],
  },
  {
    path: '/headers',
    headers: [
      ['x-exact', 'a,b'],
      ['x-not', 'yes'],
      ['x-range', '7'],
    ],
  },
  {
    path: '/headers',
    headers: [
      ['x-exact', 'a,b'],
      ['x-not', 'yes'],
      ['x-range', '5'],
      ['x-gone', ''],
    ],
  },
  { path: '/headers', method: 'PUT' },
  { path: '/headers', method: 'PUT', headers: [['x-maybe', 'b']] },
  { path: '/query?a=1%202&b' },
  { path: '/query?a=1+2&b=' },
  { path: '/query?b=1&a=2' },
  { path: '/query?a=%20' },
  { path: '/rewrite/x?y=z' },
  { path: '/weighted' },
  { path: '/away/https?a=b' },
  { path: '/away/https', headers: [['host', 'a.example:80']] },
  { path: '/away/https', headers: [['host', 'a.example:8080']] },
  { path: '/away/host?a=b' },
  { path: '/away/path?a=b' },
  { path: '/away/prefix/in?a=b' },
  { path: '/direct', method: 'POST', body: 'x' },
  { path: '/direct', headers: [['content-type', 'application/grpc']] },
  { path: '/empty' },
  { path: '/nowhere' },
  { path: '/timeout', headers: [['x-hold', 'yes']] },
  { path: '/status/503' },
  { path: '/status/503', method: 'POST', body: 'again and again' },
  { path: '/status/409' },
  { path: '/status/404' },
  { path: '/status/500' },
  { path: '/grpc-status/14' },
  { path: '/cut/reset' },
  { path: '/down' },
  { path: '/slow', headers: [['x-hold', 'yes']] },
  { path: '/default' },
  {
    path: '/default',
    headers: [
      ['cookie', 'a=1'],
      ['x-a', '1'],
      ['cookie', 'b=2'],
      ['x-b', '2'],
      ['x-a', '3'],
    ],
  },
];

const parity = new ParityCount('routes of the gateway');

describe('routes of the gateway: the same answers and the same requests upstream as Envoy', () => {
  const both = playCases({ routes, clusters: { flaky: { ports: [closed, 'one'] } } }, cases, parity);

  test('a refused connection is tried again at the next endpoint', async () => {
    for (const port of both.ports) {
      for (let count = 0; count < 4; count++) assert.equal((await rawHttp({ port, path: '/refused' })).status, 200);
    }
    parity.same('GET /refused');
  });
});

test('the count', (context) => parity.tell(context));
