import { any, type FilterChain, type Listener } from '../types.js';
import { type Callee, clusterName, isTls } from './callees.js';

/** Connections that begin with TLS go, unopened, to the callee whose host they name (SNI), at its first such port. */
export function tlsChains(callees: readonly Callee[]): FilterChain[] {
  const taken = new Set<string>();
  return callees.flatMap((callee) => {
    const port = callee.ports.find(isTls);
    const names = callee.domains.filter((domain) => isServerName(domain) && !taken.has(domain));
    if (!port || names.length === 0) return [];
    for (const name of names) taken.add(name);
    return [tlsChain(callee.key, names, clusterName(callee, port))];
  });
}

/** Clients send no address as a server name. */
const isServerName = (domain: string) => !/^(\d+\.){3}\d+$|^\[/.test(domain);

function tlsChain(name: string, server_names: string[], cluster: string): FilterChain {
  return {
    name,
    filter_chain_match: { transport_protocol: 'tls', server_names },
    filters: [
      {
        name: 'envoy.filters.network.tcp_proxy',
        typed_config: any('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', { stat_prefix: cluster, cluster }),
      },
    ],
  };
}

/** A listener that takes TLS too. What names a host that is nobody's, or none, has no chain: Envoy closes the connection. */
export function withTls(listener: Listener, chains: readonly FilterChain[]): Listener {
  if (chains.length === 0) return listener;
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
    filter_chains: [...plain, ...chains],
  };
}
