import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rawHttp } from '@tollgate/scenario';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { tinyFilter } from '../support/tiny-filter.js';
import { type Case, playCases } from './gateway-cases.js';

const add = (key: string, value: string, more: object = {}) => ({ header: { key, value }, ...more });
const set = (key: string, value: string) => add(key, value, { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' });

/** The same header at each level, so that their order shows. */
const at = (level: string) => ({
  request_headers_to_add: [add('x-trail', level), set('x-last', level)],
  response_headers_to_add: [add('x-trail', level), set('x-last', level)],
  request_headers_to_remove: [`x-not-${level}`],
  response_headers_to_remove: [`x-not-${level}`],
});
const formats = (side: string) =>
  Object.entries({
    req: '%REQ(x-given)%',
    'req-or': '%REQ(x-absent?:path):3%',
    'req-absent': '%REQ(x-absent)%',
    'req-mixed': '<%REQ(x-absent)%>',
    percent: '100%%',
    method: '%REQ(:method)% %PROTOCOL%',
    cluster: '%UPSTREAM_CLUSTER%',
    route: '%ROUTE_NAME%',
    peer: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
    direct: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%',
    local: '%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_PORT%',
    ...(side === 'response'
      ? {
          resp: '%RESP(x-application)% %RESP(:status)%',
          'resp-absent': '%RESP(x-absent)%',
          upstream: '%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
        }
      : {}),
  }).map(([key, value]) => add(`x-${key}`, value));
const weighted = (more: object) => ({ weighted_clusters: { clusters: [{ name: 'one', weight: 1, ...more }] } });

const routes = [
  { match: { path: '/levels' }, route: weighted(at('cluster')), ...at('route') },
  { match: { path: '/host' }, route: weighted({ host_rewrite_literal: 'cluster.example' }) },
  {
    match: { path: '/actions' },
    route: { cluster: 'one' },
    request_headers_to_add: [
      add('x-given', 'new'),
      add('x-given', 'newer'),
      add('x-utf-8', 'né'),
      add('x-absent', 'new', { append_action: 'ADD_IF_ABSENT' }),
      add('x-present', 'new', { append_action: 'ADD_IF_ABSENT' }),
      add('x-absent-too', 'new', { append_action: 'OVERWRITE_IF_EXISTS' }),
      add('x-present-too', 'new', { append_action: 'OVERWRITE_IF_EXISTS' }),
      set('x-several', 'one'),
      set('user-agent', 'gateway'),
      add('accept', 'text/html'),
      add('x-empty', ''),
      add('x-kept-empty', '', { keep_empty_value: true }),
      add('x-old', 'replaced', { append: false }),
      add('x-twice', 'added'),
      set('x-twice', 'set'),
      add('x-removed', 'back'),
    ],
    request_headers_to_remove: ['x-removed', 'X-Gone'],
    response_headers_to_add: [
      add('x-application', 'again'),
      set('server', 'mine'),
      add('content-type', 'text/html'),
      add('set-cookie', 'a=1'),
      add('set-cookie', 'b=2'),
      add('x-envoy-upstream-service-time', 'twice'),
    ],
    response_headers_to_remove: ['x-envoy-upstream-service-time'],
  },
  {
    name: 'the formats',
    match: { path: '/formats' },
    route: { cluster: 'one' },
    request_headers_to_add: formats('request'),
    response_headers_to_add: formats('response'),
  },
  { match: { path: '/direct' }, direct_response: { status: 200, body: { inline_string: 'héllo' } }, ...at('route') },
  {
    match: { path: '/direct-type' },
    direct_response: { status: 200, body: { inline_string: '{}' } },
    response_headers_to_add: [set('content-type', 'application/json'), add('x-path', '%REQ(:path)%')],
  },
  { match: { path: '/created' }, direct_response: { status: 201, body: { inline_string: 'made' } } },
  { match: { path: '/bytes' }, direct_response: { status: 200, body: { inline_bytes: 'AGEB/w==' } } },
  {
    match: { path: '/made' },
    direct_response: {
      status: 200,
      body_format: { text_format_source: { inline_string: '%REQ(x-absent)% %REQ(:path)% %ROUTE_NAME%|' } },
    },
  },
  {
    match: { path: '/made-json' },
    direct_response: {
      status: 200,
      body_format: {
        json_format: { absent: '%REQ(x-absent)%', both: '%REQ(x-absent)% %REQ(:path)%', path: '%REQ(:path)%' },
      },
    },
  },
  { match: { path: '/found' }, direct_response: { status: 302 } },
  { match: { path: '/moved' }, redirect: { path_redirect: '/there' }, ...at('route') },
  { match: { path: '/down' }, route: { cluster: 'down' }, ...at('route') },
  { match: { path: '/late' }, route: { cluster: 'one', timeout: '0.1s' }, ...at('route') },
  { match: { path: '/status/503' }, route: { cluster: 'one' }, ...at('route') },
  { match: { path: '/missing' }, route: { cluster: 'missing' }, ...at('route') },
  { match: { path: '/empty' }, route: { cluster: 'empty' }, ...at('route') },
  {
    match: { path: '/aborted' },
    route: { cluster: 'one' },
    typed_per_filter_config: {
      'envoy.filters.http.fault': {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault',
        abort: { http_status: 418, percentage: { numerator: 100 } },
      },
    },
    ...at('route'),
  },
];
const cases: Case[] = [
  {
    path: '/levels',
    headers: [
      ['x-trail', 'client'],
      ['x-last', 'client'],
      ['x-not-route', 'a'],
      ['x-not-host', 'a'],
      ['x-not-all', 'a'],
      ['x-not-cluster', 'a'],
    ],
  },
  { path: '/host' },
  {
    path: '/actions',
    headers: [
      ['x-given', 'old'],
      ['x-present', 'old'],
      ['x-present-too', 'old'],
      ['x-several', '1'],
      ['x-several', '2'],
      ['user-agent', 'client'],
      ['accept', 'text/plain'],
      ['x-removed', 'old'],
      ['x-gone', 'old'],
      ['x-old', 'old'],
      ['x-twice', 'old'],
    ],
  },
  { path: '/formats', headers: [['x-given', 'value']] },
  { path: '/direct' },
  { path: '/direct', headers: [['content-type', 'application/grpc']] },
  { path: '/direct-type' },
  { path: '/created' },
  { path: '/found?a=b' },
  { path: '/bytes' },
  { path: '/made' },
  { path: '/made-json' },
  { path: '/moved' },
  { path: '/down' },
  { path: '/late', headers: [['x-hold', 'yes']] },
  { path: '/status/503' },
  { path: '/missing' },
  { path: '/missing', headers: [['content-type', 'application/grpc']] },
  { path: '/empty' },
  { path: '/aborted' },
];

const parity = new ParityCount('header operations of the gateway');
/** A route may lead to a cluster that is not there. */
const all = { ...at('all'), validate_clusters: false };
const plan = { routes, clusters: { empty: { ports: [] } }, virtualHost: at('host') };

describe('header operations of the gateway', () => {
  playCases({ ...plan, routeConfig: all }, cases, parity);
});

describe('header operations of the gateway, the narrowest level last', () => {
  playCases(
    { ...plan, routeConfig: { ...all, most_specific_header_mutations_wins: true } },
    cases
      .slice(0, 1)
      .map((request) => ({ ...request, headers: [...(request.headers ?? []), ['x-order', 'narrowest']] })),
    parity,
  );
});

/** A filter that answers each request itself, with a header of its own, in that callback. */
async function refusing(callback: string): Promise<object> {
  const code = await tinyFilter(`
    @external('env', 'proxy_send_local_response')
    declare function answer(status: u32, d: usize, ds: u32, b: usize, bs: u32, h: usize, hs: u32, grpc: i32): u32;
    const pairs = String.UTF8.encode('\\x01\\0\\0\\0\\x07\\0\\0\\0\\x06\\0\\0\\0x-trail\\0filter\\0');
    export function ${callback}(context: u32, headers: u32, end: u32): u32 {
      answer(403, 0, 0, 0, 0, changetype<usize>(pairs), pairs.byteLength, -1);
      return 1;
    }`);
  const type = 'type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm';
  const vm = {
    runtime: 'envoy.wasm.runtime.v8',
    code: { local: { inline_bytes: Buffer.from(code).toString('base64') } },
  };
  return { name: 'refusing', typed_config: { '@type': type, config: { vm_config: vm } } };
}

for (const callback of ['proxy_on_request_headers', 'proxy_on_response_headers']) {
  describe(`header operations of the gateway, where a filter answers in ${callback}`, async () => {
    const filters = [await refusing(callback)];
    const headers: Case['headers'] = [['x-answer-in', callback]];
    const both = playCases({ ...plan, routeConfig: all, filters }, [{ path: '/levels', headers }], parity);

    test('it is the filter that answers', async () => {
      for (const port of both.ports) assert.equal((await rawHttp({ port, path: '/levels' })).status, 403);
    });
  });
}

test('the count', (context) => parity.tell(context));
