import { describe, test } from 'node:test';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { type Case, playCases } from './gateway-cases.js';

const type = (name: string) => `type.googleapis.com/envoy.extensions.filters.http.${name}`;
const fault = (config: object) => ({
  typed_per_filter_config: { 'envoy.filters.http.fault': { '@type': type('fault.v3.HTTPFault'), ...config } },
});
const cors = (config: object) => ({
  typed_per_filter_config: { 'envoy.filters.http.cors': { '@type': type('cors.v3.CorsPolicy'), ...config } },
});
const always = { percentage: { numerator: 100 } };
const never = { percentage: { numerator: 0 } };
const to = { route: { cluster: 'one' } };
const origin = (exact: string) => ({ allow_origin_string_match: [{ exact }] });

const routes = [
  { match: { path: '/abort' }, ...to, ...fault({ abort: { http_status: 555, ...always } }) },
  { match: { path: '/abort-200' }, ...to, ...fault({ abort: { http_status: 200, ...always } }) },
  { match: { path: '/abort-grpc' }, ...to, ...fault({ abort: { grpc_status: 14, ...always } }) },
  { match: { path: '/abort-grpc-1' }, ...to, ...fault({ abort: { grpc_status: 1, ...always } }) },
  { match: { path: '/abort-never' }, ...to, ...fault({ abort: { http_status: 503, ...never } }) },
  { match: { path: '/abort-unsaid' }, ...to, ...fault({ abort: { http_status: 503 } }) },
  { match: { path: '/delay' }, ...to, ...fault({ delay: { fixed_delay: '0.05s', ...always } }) },
  {
    match: { path: '/both' },
    ...to,
    ...fault({ delay: { fixed_delay: '0.05s', ...always }, abort: { http_status: 400, ...always } }),
  },
  {
    match: { path: '/timeout' },
    route: { cluster: 'one', timeout: '0.1s' },
    ...fault({ delay: { fixed_delay: '0.2s', ...always } }),
  },
  {
    match: { path: '/by-header' },
    ...to,
    ...fault({
      headers: [{ name: 'x-user', string_match: { exact: 'jason' } }],
      abort: { http_status: 500, ...always },
    }),
  },
  {
    match: { path: '/by-cluster' },
    ...to,
    ...fault({ upstream_cluster: 'one', abort: { http_status: 500, ...always } }),
  },
  {
    match: { path: '/by-other-cluster' },
    ...to,
    ...fault({ upstream_cluster: 'two', abort: { http_status: 500, ...always } }),
  },
  {
    match: { path: '/by-weighted' },
    route: {
      weighted_clusters: {
        clusters: [{ name: 'one', weight: 1, ...fault({ abort: { http_status: 501, ...always } }) }],
      },
    },
    ...fault({ abort: { http_status: 502, ...always } }),
  },
  {
    match: { path: '/direct' },
    direct_response: { status: 200 },
    ...fault({ abort: { http_status: 500, ...always } }),
  },
  {
    match: { path: '/redirect' },
    redirect: { path_redirect: '/a' },
    ...fault({ abort: { http_status: 500, ...always } }),
  },
  {
    match: { prefix: '/cors/whole' },
    ...to,
    ...cors({
      ...origin('http://a.example'),
      allow_methods: 'GET,POST',
      allow_headers: 'x-one,x-two',
      expose_headers: 'x-three',
      max_age: '600',
      allow_credentials: true,
      allow_private_network_access: true,
    }),
  },
  {
    match: { prefix: '/cors/any' },
    ...to,
    ...cors({ allow_origin_string_match: [{ safe_regex: { regex: '.*' } }], allow_methods: '*', allow_headers: '*' }),
  },
  { match: { prefix: '/cors/star' }, ...to, ...cors(origin('*')) },
  {
    match: { prefix: '/cors/kept' },
    ...to,
    ...cors({ ...origin('http://a.example'), forward_not_matching_preflights: false }),
  },
  {
    match: { prefix: '/cors/off' },
    ...to,
    ...cors({ ...origin('http://a.example'), filter_enabled: { default_value: { numerator: 0 } } }),
  },
  { match: { prefix: '/cors/inherited' }, ...to, ...cors({ allow_methods: 'PUT' }) },
  { match: { prefix: '/cors/none' }, ...to },
  { match: { prefix: '/cors/direct' }, direct_response: { status: 200 }, ...cors(origin('http://a.example')) },
];
const virtualHost = cors({
  ...origin('http://host.example'),
  allow_headers: 'x-host',
  expose_headers: 'x-host',
  allow_credentials: true,
});

const grpc: [string, string] = ['content-type', 'application/grpc'];
const from = (name: string): [string, string] => ['origin', name];
const asks: [string, string] = ['access-control-request-method', 'PATCH'];
const preflight = (path: string, name: string, ...more: [string, string][]): Case => ({
  method: 'OPTIONS',
  path,
  headers: [from(name), asks, ...more],
});
const a = 'http://a.example';
const cases: Case[] = [
  { path: '/abort' },
  { path: '/abort', method: 'POST', body: 'some' },
  { path: '/abort', method: 'HEAD' },
  { path: '/abort', headers: [grpc] },
  { path: '/abort-200' },
  { path: '/abort-grpc' },
  { path: '/abort-grpc', headers: [grpc] },
  { path: '/abort-grpc-1' },
  { path: '/abort-never' },
  { path: '/abort-unsaid' },
  { path: '/delay' },
  { path: '/delay', method: 'POST', body: 'held' },
  { path: '/both' },
  { path: '/timeout' },
  { path: '/by-header' },
  { path: '/by-header', headers: [['x-user', 'jason']] },
  { path: '/by-cluster' },
  { path: '/by-other-cluster' },
  { path: '/by-weighted' },
  { path: '/direct' },
  { path: '/redirect' },
  { path: '/cors/whole' },
  { path: '/cors/whole', headers: [from(a)] },
  { path: '/cors/whole', headers: [from('http://b.example')] },
  { path: '/cors/whole', method: 'OPTIONS', headers: [from(a)] },
  preflight('/cors/whole', a),
  preflight('/cors/whole', a, ['access-control-request-private-network', 'true']),
  preflight('/cors/whole', a, grpc),
  preflight('/cors/whole', 'http://b.example'),
  preflight('/cors/any', 'http://c.example'),
  preflight('/cors/any', 'http://c.example', ['access-control-request-headers', 'x-a,x-b']),
  preflight('/cors/star', 'http://c.example'),
  { path: '/cors/star/status/503', headers: [from(a)] },
  preflight('/cors/kept', 'http://b.example'),
  preflight('/cors/off', a),
  { path: '/cors/off', headers: [from(a)] },
  preflight('/cors/inherited', 'http://host.example'),
  { path: '/cors/inherited', headers: [from('http://host.example')] },
  preflight('/cors/none', 'http://host.example'),
  preflight('/cors/none', 'http://host.example', ['content-length', '0']),
  { ...preflight('/cors/none', 'http://host.example', ['x-with', 'body']), body: 'some' },
  preflight('/cors/direct', a),
  { path: '/cors/direct', headers: [from(a)] },
];

const parity = new ParityCount('fault and CORS filters of the gateway');

describe('fault and CORS filters of the gateway', () => {
  playCases({ routes, virtualHost }, cases, parity);
});

test('the count', (context) => parity.tell(context));
