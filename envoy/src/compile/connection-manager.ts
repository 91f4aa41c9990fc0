import type { NodeSpec } from '@tollgate/model';
import { any, type Listener } from '../types.js';
import { seconds } from './duration.js';
import { withoutSpellings } from './header-names.js';
import { httpFilters, type ListenerFilters } from './http-filters.js';
import { clientHttp2 } from './http2.js';
import { connectionIdle, type ListenerPlace, listenerOf } from './listener.js';

const underscoreActions = { drop: 'DROP_HEADER', allow: 'ALLOW', reject: 'REJECT_REQUEST' } as const;

/**
 * One listener with its connection manager. Everything that Envoy leaves open and governance depends on is set here:
 * whose address is believed, what a path means, which headers are Envoy's own, how long and how much a client may ask.
 */
export function httpListener(at: ListenerPlace, node: NodeSpec, filters: ListenerFilters): Listener {
  const { name, side } = at;
  return listenerOf(at, node, {
    name: 'http',
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
          // Routes take the dot that ends a full name for a part of it. Where every host is taken, filters see it as it was sent.
          ...(side === 'consumer' ? { strip_trailing_host_dot: true } : {}),
          // An application may read `x_role` as `x-role`; then it would be another's word than that of the rules.
          common_http_protocol_options: {
            idle_timeout: connectionIdle,
            headers_with_underscores_action: underscoreActions[node.underscores],
          },
          ...withoutSpellings(node),
          // A client that dawdles holds neither its connection nor a place among the calls in flight for long.
          request_headers_timeout: seconds(node.timeouts.headers),
          request_timeout: seconds(node.timeouts.request),
          stream_idle_timeout: seconds(node.timeouts.idle),
          http2_protocol_options: clientHttp2(node.http2),
          // What asks for it is a call like any other; behind it both sides say what they like.
          upgrade_configs: [{ upgrade_type: 'websocket' }],
          rds: { route_config_name: name },
          http_filters: httpFilters(name, side, filters),
        }),
      },
    ],
  });
}
