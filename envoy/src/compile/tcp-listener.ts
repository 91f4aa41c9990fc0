import type { NodeSpec, Socket, TrafficPolicy } from '@tollgate/model';
import type { FilterSide } from '../filter-config/index.js';
import { any, type Listener } from '../types.js';
import type { Target } from './connection-routes.js';
import { seconds } from './duration.js';
import { governanceName } from './http-filters.js';

/** As long as that of an HTTP connection: longer than pools keep one, and whose peer is gone holds no place for ever. */
const connectionIdle = '3600s';

/** One listener whose connections all go one way. */
export function tcpListener(
  { name, side, listen }: { name: string; side: FilterSide; listen: Socket },
  node: NodeSpec,
  target: Target,
  policy?: TrafficPolicy,
): Listener {
  return {
    name,
    traffic_direction: side === 'provider' ? 'INBOUND' : 'OUTBOUND',
    address: { socket_address: { address: listen.address, port_value: listen.port } },
    per_connection_buffer_limit_bytes: node.connectionBuffer,
    filter_chains: [
      {
        name: 'tcp',
        filters: [
          // First: a connection that is refused reaches nobody.
          {
            name: governanceName(name),
            config_discovery: { type_urls: ['type.googleapis.com/envoy.extensions.filters.network.wasm.v3.Wasm'] },
          },
          {
            name: 'envoy.filters.network.tcp_proxy',
            typed_config: tcpProxy(name, target, policy),
          },
        ],
      },
    ],
  };
}

/** Connections go on unopened. */
export function tcpProxy(name: string, target: Target, policy: TrafficPolicy = {}): { '@type': string } {
  return any('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    stat_prefix: name,
    ...target,
    idle_timeout: connectionIdle,
    ...ofConnections(policy),
  });
}

/** What a DestinationRule says of connections, which here are the calls themselves. Of a call only its address can be hashed. */
function ofConnections({ connectionPool, loadBalancer }: TrafficPolicy) {
  const { idleTimeout, maxConnectionDuration } = connectionPool?.tcp ?? {};
  return {
    ...(idleTimeout === undefined ? {} : { idle_timeout: seconds(idleTimeout) }),
    ...(maxConnectionDuration === undefined
      ? {}
      : { max_downstream_connection_duration: seconds(maxConnectionDuration) }),
    ...(loadBalancer?.consistentHash?.useSourceIp ? { hash_policy: [{ source_ip: {} }] } : {}),
  };
}
