// Filters that routes turn on and off: which of them take part is settled by the route that a request has when it arrives.
import { describe, test } from 'node:test';
import { ParityCount } from '../../host-sim/src/testing/parity-count.js';
import { playCases } from './gateway-cases.js';

const type = (name: string) => `type.googleapis.com/envoy.${name}`;
const aborts = (http_status: number) => ({
  '@type': type('extensions.filters.http.fault.v3.HTTPFault'),
  abort: { http_status, percentage: { numerator: 100 } },
});
const on = { '@type': type('config.route.v3.FilterConfig'), config: {} };
const off = { '@type': type('config.route.v3.FilterConfig'), disabled: true };
const configured = { '@type': type('config.route.v3.FilterConfig'), config: aborts(503) };

const fault = (name: string, status: number, disabled: boolean) => ({
  name,
  ...(disabled ? { disabled } : {}),
  typed_config: aborts(status),
});
const router = { name: 'router', typed_config: { '@type': type('extensions.filters.http.router.v3.Router') } };
const filters = [fault('first', 501, true), fault('second', 502, false), router];

const route = (path: string, typed_per_filter_config: object, more: object = { route: { cluster: 'one' } }) => ({
  match: { path },
  ...more,
  typed_per_filter_config,
});
const routes = [
  route('/neither', { second: off }),
  route('/both', { first: on }),
  route('/first', { first: on, second: off }),
  route('/own', { first: configured, second: off }),
  route('/bare', { first: aborts(504), second: off }),
  route('/a b', { first: on, second: off }),
  route('/as-the-host-says', {}),
  {
    match: { path: '/weighted' },
    route: {
      weighted_clusters: {
        clusters: [{ name: 'one', weight: 1, typed_per_filter_config: { first: on, second: off } }],
      },
    },
  },
  { match: { prefix: '/' }, route: { cluster: 'two' } },
];

const cases = [
  ...['/neither', '/both', '/first', '/own', '/bare', '/as-the-host-says', '/weighted', '/other', '//first'],
].map((path) => ({ path }));

for (const [what, typed_per_filter_config] of [
  ['a host that says nothing', {}],
  ['a host that turns one off', { second: off }],
  ['a host that turns one on', { first: on }],
] as const) {
  const parity = new ParityCount(`filters on and off, ${what}`);
  describe(what, () => {
    playCases({ routes, virtualHost: { typed_per_filter_config }, manager: { http_filters: filters } }, cases, parity);
  });
  test(`the count, ${what}`, (context) => parity.tell(context));
}
