import { isIP } from 'node:net';
import { isHttp2, type NodeSpec, type ServiceSpec, type Socket } from '@tollgate/model';
import { any, type Cluster } from '../types.js';
import { windows } from './http2.js';

type Instance = Socket & Partial<Pick<ServiceSpec['instances'][number], 'labels' | 'weight' | 'zone'>>;

/** A cluster of literal endpoints; host names among them are resolved by Envoy. */
export function cluster(
  name: string,
  instances: readonly Instance[],
  protocol: ServiceSpec['ports'][number]['protocol'],
  node: NodeSpec,
): Cluster {
  const zones = [...new Set(instances.map((instance) => instance.zone ?? ''))];
  return {
    name,
    type: instances.every(({ address }) => isIP(address) !== 0) ? 'STATIC' : 'STRICT_DNS',
    connect_timeout: '5s',
    per_connection_buffer_limit_bytes: node.connectionBuffer,
    load_assignment: {
      cluster_name: name,
      endpoints: zones.map((zone) => ({
        ...(zone === '' ? {} : { locality: { zone } }),
        lb_endpoints: instances.filter((instance) => (instance.zone ?? '') === zone).map(endpoint),
      })),
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': any(
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        {
          explicit_http_config: isHttp2(protocol)
            ? { http2_protocol_options: windows(node.http2) }
            : { http_protocol_options: {} },
        },
      ),
    },
  };
}

function endpoint({ address, port, labels = {}, weight = 1 }: Instance) {
  return {
    endpoint: { address: { socket_address: { address, port_value: port } } },
    ...(weight === 1 ? {} : { load_balancing_weight: weight }),
    ...(Object.keys(labels).length === 0 ? {} : { metadata: { filter_metadata: { 'envoy.lb': labels } } }),
  };
}
