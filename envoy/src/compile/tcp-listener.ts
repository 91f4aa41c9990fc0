import type { NodeSpec, TrafficPolicy } from '@tollgate/model';
import { any, type Listener } from '../types.js';
import type { Target } from './connection-routes.js';
import { seconds } from './duration.js';
import { governanceName } from './http-filters.js';
import { connectionIdle, type ListenerPlace, listenerOf } from './listener.js';

/** One listener whose connections all go one way. */
export function tcpListener(at: ListenerPlace, node: NodeSpec, target: Target, policy?: TrafficPolicy): Listener {
  return listenerOf(at, node, {
    name: 'tcp',
    filters: [
      // First: a connection that is refused reaches nobody.
      {
        name: governanceName(at.name),
        config_discovery: { type_urls: ['type.googleapis.com/envoy.extensions.filters.network.wasm.v3.Wasm'] },
      },
      { name: 'envoy.filters.network.tcp_proxy', typed_config: tcpProxy(at.name, target, policy) },
    ],
  });
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
