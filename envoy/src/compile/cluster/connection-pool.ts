import type { ConnectionPool } from '@tollgate/model';
import type { Cluster } from '../../types.js';
import { isHttp } from '../callees.js';
import { seconds } from '../duration.js';
import type { ClusterFeature } from '../feature.js';
import type { Part } from '../merged.js';
import { merged } from '../merged.js';
import { httpOptions } from './http-options.js';

/** How long connections live and how many requests they carry. How many there may be is said with the thresholds. */
export const connectionPool: ClusterFeature = ({ policy, port }) => {
  const { tcp, http } = policy?.connectionPool ?? {};
  const connections: Part<Cluster> = {
    ...(tcp?.connectTimeout === undefined ? {} : { connect_timeout: seconds(tcp.connectTimeout) }),
    ...(tcp?.tcpKeepalive ? { upstream_connection_options: { tcp_keepalive: keepalive(tcp.tcpKeepalive) } } : {}),
  };
  const options = commonHttp({ tcp, http });
  const speaksHttp = isHttp(port) && Object.keys(options).length > 0;
  return merged(connections, speaksHttp ? httpOptions({ common_http_protocol_options: options }) : undefined);
};

type Keepalive = NonNullable<NonNullable<ConnectionPool['tcp']>['tcpKeepalive']>;

function keepalive({ probes = 0, time, interval }: Keepalive) {
  return {
    ...(probes > 0 ? { keepalive_probes: probes } : {}),
    ...(time === undefined ? {} : { keepalive_time: time / 1000 }),
    ...(interval === undefined ? {} : { keepalive_interval: interval / 1000 }),
  };
}

function commonHttp({ tcp, http }: ConnectionPool) {
  const idleTimeout = http?.idleTimeout ?? tcp?.idleTimeout;
  const { maxRequestsPerConnection = 0 } = http ?? {};
  return {
    ...(idleTimeout === undefined ? {} : { idle_timeout: seconds(idleTimeout) }),
    ...(maxRequestsPerConnection > 0 ? { max_requests_per_connection: maxRequestsPerConnection } : {}),
    ...(tcp?.maxConnectionDuration === undefined
      ? {}
      : { max_connection_duration: seconds(tcp.maxConnectionDuration) }),
  };
}
