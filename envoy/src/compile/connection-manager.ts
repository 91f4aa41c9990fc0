import type { Socket } from '@tollgate/model';
import type { FilterConfig } from '../filter-config.js';
import { any, type HttpFilter, type Listener, type VirtualHost } from '../types.js';

/** Headers of Envoy's own that it does not take off requests from outside; the application must not believe a client's. */
const leftByEnvoy = [
  'x-envoy-attempt-count',
  'x-envoy-is-timeout-retry',
  'x-envoy-original-dst-host',
  'x-envoy-original-method',
];

/**
 * One listener with its connection manager. Everything that Envoy leaves open and governance depends on is set here:
 * whose address is believed, what a path means, which headers are Envoy's own.
 */
export function httpListener(
  name: string,
  direction: FilterConfig['side'],
  listen: Socket,
  virtualHosts: VirtualHost[],
  governance: HttpFilter | undefined,
): Listener {
  return {
    name,
    traffic_direction: direction === 'provider' ? 'INBOUND' : 'OUTBOUND',
    address: { socket_address: { address: listen.address, port_value: listen.port } },
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: any('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
              stat_prefix: name,
              codec_type: 'AUTO',
              // The address is the connection's peer, appended to x-forwarded-for; what a client writes there is not believed.
              use_remote_address: true,
              xff_num_trusted_hops: 0,
              // Nobody is internal: x-envoy-* headers of any client are taken off.
              internal_address_config: { cidr_ranges: [{ address_prefix: '255.255.255.255', prefix_len: 32 }] },
              // A call keeps its id from hop to hop, so that the records of both sides can be laid together.
              preserve_external_request_id: true,
              // Filters, routes and the application must mean the same path.
              normalize_path: true,
              merge_slashes: true,
              path_with_escaped_slashes_action: 'REJECT_REQUEST',
              // A client that never finishes its headers holds no connection for long.
              request_headers_timeout: '10s',
              route_config: {
                name,
                ignore_port_in_host_matching: true,
                request_headers_to_remove: [...leftByEnvoy],
                virtual_hosts: virtualHosts,
              },
              http_filters: httpFilters(governance),
            }),
          },
        ],
      },
    ],
  };
}

/** The one order of HTTP filters. */
function httpFilters(governance: HttpFilter | undefined): HttpFilter[] {
  const router: HttpFilter = {
    name: 'envoy.filters.http.router',
    typed_config: any('envoy.extensions.filters.http.router.v3.Router', {}),
  };
  return [
    // First: nothing that costs more may run for a call that is refused.
    ...(governance ? [governance] : []),
    // Last, as Envoy demands: it sends the call on.
    router,
  ];
}

/** All calls of a virtual host go to one cluster, without a timeout or retries of our making. */
export function virtualHost(name: string, domains: string[], cluster: string): VirtualHost {
  return { name, domains, routes: [{ name, match: { prefix: '/' }, route: { cluster, timeout: '0s' } }] };
}
