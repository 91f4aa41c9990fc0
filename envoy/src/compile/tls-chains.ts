import { any, type FilterChain, type Listener } from '../types.js';
import type { TlsTarget } from './connection-routes.js';
import { tcpProxy } from './tcp-listener.js';

/** A listener that takes TLS too. What names a host that is nobody's, or none, has no chain: Envoy closes the connection. */
export function withTls(listener: Listener, targets: readonly TlsTarget[]): Listener {
  if (targets.length === 0) return listener;
  const plain = (listener.filter_chains ?? []).map((chain) => ({
    ...chain,
    filter_chain_match: { transport_protocol: 'raw_buffer' },
  }));
  return {
    ...listener,
    listener_filters: [
      {
        name: 'envoy.filters.listener.tls_inspector',
        typed_config: any('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector', {}),
      },
    ],
    // A client may open a connection long before it sends its first call.
    continue_on_listener_filters_timeout: true,
    filter_chains: [...plain, ...targets.map(chainOf)],
  };
}

/** Connections go on unopened. */
function chainOf({ name, serverNames, target, policy }: TlsTarget): FilterChain {
  return {
    name,
    filter_chain_match: { transport_protocol: 'tls', server_names: serverNames },
    filters: [
      {
        name: 'envoy.filters.network.tcp_proxy',
        typed_config: tcpProxy(name, target, policy),
      },
    ],
  };
}
