import assert from 'node:assert/strict';
import test from 'node:test';
import { Cluster } from '../upstream/cluster.js';
import { readCluster } from './cluster.js';
import { Fields } from './fields.js';

const endpoint = (port_value: number, more = {}) => ({
  endpoint: { address: { socket_address: { address: '127.0.0.1', port_value } } },
  ...more,
});
const one = { load_assignment: { endpoints: [{ lb_endpoints: [endpoint(1)] }] } };

function read(cluster: object) {
  const problems: string[] = [];
  const plan = readCluster(new Fields({ name: 'c', ...cluster }, 'cluster', problems));
  return { plan, problems };
}

test('what would change an answer is refused by name', () => {
  const refused: [string, object][] = [
    [
      'cluster.circuit_breakers.thresholds[0].max_requests: is a limit',
      { circuit_breakers: { thresholds: [{ max_requests: 1 }] } },
    ],
    ['cluster.outlier_detection: is not supported', { outlier_detection: { consecutive_5xx: 5 } }],
    ['cluster.health_checks: is not supported', { health_checks: [{}] }],
    ['cluster.lb_subset_config: is not supported', { lb_subset_config: {} }],
    ['cluster.transport_socket: is not supported', { transport_socket: {} }],
    ['cluster.lb_policy: "LEAST_REQUEST" is not supported', { lb_policy: 'LEAST_REQUEST' }],
    ['cluster.lb_policy: "RING_HASH" is not supported', { lb_policy: 'RING_HASH' }],
    ['cluster.lb_policy: "MAGLEV" is not supported', { lb_policy: 'MAGLEV' }],
    ['cluster.common_lb_config.locality_weighted_lb_config', { common_lb_config: { locality_weighted_lb_config: {} } }],
    ['cluster.common_lb_config.zone_aware_lb_config', { common_lb_config: { zone_aware_lb_config: {} } }],
    ['cluster.type: "EDS" is not supported', { type: 'EDS' }],
    ['cluster.load_assignment.endpoints[0].priority: only 0', { load_assignment: { endpoints: [{ priority: 1 }] } }],
    [
      'health_status: "UNHEALTHY" is not supported',
      { load_assignment: { endpoints: [{ lb_endpoints: [endpoint(1, { health_status: 'UNHEALTHY' })] }] } },
    ],
  ];
  for (const [expected, cluster] of refused) {
    const { problems } = read({ ...one, ...cluster });
    assert.ok(
      problems.some((problem) => problem.includes(expected)),
      `${expected}: ${problems.join('\n')}`,
    );
  }
});

test('what changes no answer is taken', () => {
  const { problems } = read({
    load_assignment: {
      endpoints: [
        { locality: { region: 'r', zone: 'a' }, load_balancing_weight: 3, lb_endpoints: [endpoint(1)] },
        {
          locality: { region: 'r', zone: 'b' },
          priority: 0,
          lb_endpoints: [endpoint(2, { health_status: 'HEALTHY' })],
        },
      ],
    },
    connect_timeout: '0.03s',
    max_requests_per_connection: 1,
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 300 } },
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        common_http_protocol_options: { idle_timeout: '1s', max_requests_per_connection: 10 },
        explicit_http_config: { http_protocol_options: {} },
      },
    },
  });
  assert.deepEqual(problems, []);
});

test('a cluster may choose its endpoints at random, whatever they weigh', () => {
  const lb_endpoints = [endpoint(1, { load_balancing_weight: 100 }), endpoint(2)];
  const { plan, problems } = read({ lb_policy: 'RANDOM', load_assignment: { endpoints: [{ lb_endpoints }] } });
  assert.deepEqual(problems, []);
  const drawn = [0, 0.49, 0.5, 0.99];
  const cluster = new Cluster(plan, () => drawn.shift() ?? 0);
  assert.deepEqual(
    Array.from({ length: 4 }, () => cluster.pick()?.port),
    [1, 1, 2, 2],
  );
});

test('another choice is made only so often where all have been tried', () => {
  const lb_endpoints = [endpoint(1), endpoint(2), endpoint(3)];
  const { plan } = read({ load_assignment: { endpoints: [{ lb_endpoints }] } });
  const cluster = new Cluster(plan, () => 0);
  const [first, second, third] = plan.endpoints;
  assert.ok(first && second && third);
  assert.equal(cluster.pickOther(new Set([first, second]), 2), third);
  assert.equal(cluster.pickOther(new Set([first, second]), 1), second);
});
