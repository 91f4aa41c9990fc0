import { startEnvoy } from '@tollgate/envoy/binary';
import { Gateway } from '@tollgate/host-sim';
import { realEnvoy } from '../support/envoy.js';
import { freePorts } from '../support/ports.js';

const type = (name: string) => `type.googleapis.com/envoy.extensions.${name}`;

export interface ProxyPlan {
  routes: object[];
  /** Clusters by name, each with the ports of its endpoints. */
  clusters: Record<string, { ports: number[]; http2?: boolean }>;
  /** Fields of the virtual host, of the route configuration and of the connection manager beyond the usual. */
  virtualHost?: object;
  routeConfig?: object;
  manager?: object;
  /** HTTP filters in front of all others. */
  filters?: object[];
}

/** The same bootstrap in the gateway and in a real Envoy. */
export async function startBoth(
  plan: ProxyPlan,
): Promise<{ ports: [gateway: number, envoy: number]; close(): Promise<void> }> {
  const [port = 0] = await freePorts(1);
  const gateway = await Gateway.start(bootstrapOf(plan, 0));
  const { path } = await realEnvoy();
  const envoy = startEnvoy({ path, nodeName: 'routes', bootstrap: bootstrapOf(plan, port), env: {} });
  try {
    await envoy.ready;
  } catch (cause) {
    await gateway.close();
    throw cause;
  }
  const close = async () => {
    await Promise.all([gateway.close(), envoy.stop()]);
  };
  return { ports: [gateway.listeners[0]?.port ?? 0, port], close };
}

function bootstrapOf(
  { routes, clusters, virtualHost, routeConfig, manager = {}, filters = [] }: ProxyPlan,
  port: number,
): object {
  const connectionManager = {
    '@type': type('filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'ingress',
    use_remote_address: true,
    internal_address_config: { cidr_ranges: [{ address_prefix: '255.255.255.255', prefix_len: 32 }] },
    route_config: { ...routeConfig, virtual_hosts: [{ name: 'all', domains: ['*'], routes, ...virtualHost }] },
    http_filters: [
      ...filters,
      { name: 'envoy.filters.http.fault', typed_config: { '@type': type('filters.http.fault.v3.HTTPFault') } },
      { name: 'envoy.filters.http.cors', typed_config: { '@type': type('filters.http.cors.v3.Cors') } },
      { name: 'router', typed_config: { '@type': type('filters.http.router.v3.Router') } },
    ],
    ...manager,
  };
  return {
    node: { id: 'n', cluster: 'c' },
    static_resources: {
      listeners: [
        {
          name: 'routes',
          address: address(port),
          filter_chains: [{ filters: [{ name: 'http', typed_config: connectionManager }] }],
        },
      ],
      clusters: Object.entries(clusters).map(([name, { ports, http2 }]) => ({
        name,
        type: 'STATIC',
        connect_timeout: '1s',
        load_assignment: {
          cluster_name: name,
          endpoints: [{ lb_endpoints: ports.map((each) => ({ endpoint: { address: address(each) } })) }],
        },
        ...(http2
          ? {
              typed_extension_protocol_options: {
                'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
                  '@type': type('upstreams.http.v3.HttpProtocolOptions'),
                  explicit_http_config: { http2_protocol_options: {} },
                },
              },
            }
          : {}),
      })),
    },
  };
}

const address = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });

const unstable = /^(date|x-envoy-upstream-service-time|x-request-id)$/;

/** Headers without what differs from run to run, and without the port. */
export function stableHeaders(headers: readonly (readonly [string, string])[], port: number): [string, string][] {
  return headers.map(([name, value]) => [
    name.toLowerCase(),
    unstable.test(name.toLowerCase()) ? '…' : value.replaceAll(String(port), 'PORT'),
  ]);
}
