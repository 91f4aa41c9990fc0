import assert from 'node:assert/strict';
import test from 'node:test';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { exchange } from '../../host-sim/src/testing/raw-client.js';
import { startUpstream } from '../../host-sim/src/testing/raw-upstream.js';
import { startPair } from './gateway-pair.js';

const type = (name: string) => `type.googleapis.com/envoy.extensions.filters.http.${name}`;
const always = { percentage: { numerator: 100 } };
const fault = (name: string, config: object) => ({
  match: { prefix: `/${name}` },
  route: { cluster: 'inbound/default/vendors/8080', timeout: '0s' },
  typed_per_filter_config: { fault: { '@type': type('fault.v3.HTTPFault'), ...config } },
});
const delay = { fixed_delay: '0.02s', ...always };
const abort = { http_status: 503, ...always };
const routes = [
  fault('delayed', { delay }),
  fault('aborted', { abort }),
  fault('both', { delay, abort }),
  { match: { prefix: '/missing' }, route: { cluster: 'missing' } },
  {
    match: { prefix: '/cors' },
    route: { cluster: 'inbound/default/vendors/8080', timeout: '0s' },
    typed_per_filter_config: {
      cors: { '@type': type('cors.v3.CorsPolicy'), allow_origin_string_match: [{ safe_regex: { regex: '.*' } }] },
    },
  },
];
const filters = [
  { name: 'fault', typed_config: { '@type': type('fault.v3.HTTPFault') } },
  { name: 'cors', typed_config: { '@type': type('cors.v3.Cors') } },
];

const parity = new ParityCount('flags of the gateway');

test('what a filter in front reads and sees of faults and preflights', async (context) => {
  const upstream = await startUpstream();
  const { proxies, close } = await startPair({ endpoints: [upstream.port] }, (json) =>
    json
      .replace('"route_config":{', '"route_config":{"validate_clusters":false,')
      .replace(/"routes":\[\{.*?\}\}\]/, `"routes":${JSON.stringify(routes)}`)
      .replace(
        '{"name":"envoy.filters.http.router"',
        `${JSON.stringify(filters).slice(1, -1)},{"name":"envoy.filters.http.router"`,
      ),
  );
  context.after(async () => {
    await close();
    await upstream.close();
  });
  const log = ['flags', 'code', 'code_details'].map((name) => `prop response~${name}`).join('|');
  const cases = [
    'GET /delayed',
    'GET /aborted',
    'GET /both',
    'GET /missing',
    'OPTIONS /cors',
    'POST /aborted',
    'POST /both',
  ];
  for (const begin of cases)
    await context.test(begin, async () => {
      const outcomes = [];
      for (const proxy of proxies) {
        proxy.forget();
        const preflight = 'Origin: http://a\r\nAccess-Control-Request-Method: GET\r\n';
        const body = begin.startsWith('POST') ? 'Content-Length: 2\r\n\r\nhi' : '\r\n';
        const head = `${begin} HTTP/1.1\r\nHost: a\r\nx-do-res: pairs 2\r\nx-do-log: ${log}\r\n${preflight}${body}`;
        const answer = await exchange(proxy.port, head);
        const lines = (await proxy.untilDeleted()).map((line) => line.replace(/date=[^;]*;/g, 'date=D;'));
        outcomes.push({ status: answer.split('\r\n')[0], lines });
      }
      assert.deepEqual(outcomes[0], outcomes[1]);
      assert.match(outcomes[1]?.lines.join('\n') ?? '', /prop response~flags -> 0/);
      parity.same(begin);
    });
  parity.tell(context);
});
