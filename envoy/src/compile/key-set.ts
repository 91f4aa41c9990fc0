import { isIP } from 'node:net';
import type { Model, NodeSpec } from '@tollgate/model';
import type { FilterConfig } from '../filter-config/index.js';
import type { FilterKeySet } from '../filter-config/jwt.js';
import { any, type Cluster } from '../types.js';
import { socketCluster } from './cluster/cluster.js';
import { systemAuthorities } from './system-authorities.js';

/** How often a key set is fetched, and how long an answer may take, where a policy does not say. */
const refreshMsDefault = 300_000;
const timeoutMsDefault = 5_000;

/** What the filter is told of a key set that it fetches. */
export function fetched(
  uri: string,
  refreshMs: number = refreshMsDefault,
  timeoutMs: number = timeoutMsDefault,
): FilterKeySet {
  const { host, pathname, search } = new URL(uri);
  return { fetch: { cluster: clusterName(uri), authority: host, path: pathname + search, refreshMs, timeoutMs } };
}

/** The clusters through which the filters with these configurations fetch their key sets. */
export function keySetClusters(model: Model, configs: readonly FilterConfig[], node: NodeSpec): Cluster[] {
  const used = new Set(
    configs.flatMap(({ targets }) =>
      targets.flatMap(({ jwt = [] }) =>
        jwt.flatMap(({ providers }) => providers.flatMap(({ jwks }) => ('fetch' in jwks ? jwks.fetch.cluster : []))),
      ),
    ),
  );
  const uris = [
    ...model.of('JwtPolicy').all.flatMap(({ spec }) => spec.providers.map(({ jwks }) => jwks.uri)),
    ...model
      .of('RequestAuthentication')
      .all.flatMap(({ spec }) => spec.jwtRules.map((rule) => rule.jwksUri ?? rule.jwks_uri)),
  ].filter((uri) => uri !== undefined);
  const byName = new Map(uris.map((uri) => [clusterName(uri), keySetCluster(uri, node)]));
  return [...byName].filter(([name]) => used.has(name)).map(([, made]) => made);
}

function clusterName(uri: string): string {
  const { protocol, port, host } = socketOf(uri);
  return `jwks/${protocol}/${host}:${port}`;
}

function keySetCluster(uri: string, node: NodeSpec): Cluster {
  const { protocol, port, host } = socketOf(uri);
  const isAddress = isIP(host) !== 0;
  const made: Cluster = {
    ...socketCluster(clusterName(uri), { address: host, port }, 'HTTP', node),
    // Issuers are out in the world: a name with an IPv6 address that this network cannot reach has others.
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
