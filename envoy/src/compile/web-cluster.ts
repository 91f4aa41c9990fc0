import { isIP } from 'node:net';
import type { NodeSpec } from '@tollgate/model';
import { any, type Cluster } from '../types.js';
import { socketCluster } from './cluster/cluster.js';
import { systemAuthorities } from './system-authorities.js';

/** The cluster of a server out in the world from which a proxy itself fetches something; `what` tells its kind. */
export function webClusterName(what: string, uri: string): string {
  const { protocol, port, host } = socketOf(uri);
  return `${what}/${protocol}/${host}:${port}`;
}

export function webCluster(what: string, uri: string, node: NodeSpec): Cluster {
  const { protocol, port, host } = socketOf(uri);
  const isAddress = isIP(host) !== 0;
  const made: Cluster = {
    ...socketCluster(webClusterName(what, uri), { address: host, port }, 'HTTP', node),
    // Such servers are out in the world: a name with an IPv6 address that this network cannot reach has others.
    ...(isAddress ? {} : { dns_lookup_family: 'ALL' }),
  };
  if (protocol === 'http') return made;
  return {
    ...made,
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: any('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
        // RFC 6066 §3: an address is no name of a server.
        ...(isAddress ? {} : { sni: host }),
        common_tls_context: {
          validation_context: {
            trusted_ca: { filename: systemAuthorities },
            match_typed_subject_alt_names: [{ san_type: isAddress ? 'IP_ADDRESS' : 'DNS', matcher: { exact: host } }],
          },
        },
      }),
    },
  };
}

function socketOf(uri: string): { protocol: 'http' | 'https'; host: string; port: number } {
  const { protocol, hostname, port } = new URL(uri);
  const secure = protocol === 'https:';
  return {
    protocol: secure ? 'https' : 'http',
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
  };
}
