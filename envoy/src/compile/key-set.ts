import type { Model, NodeSpec } from '@tollgate/model';
import type { FilterConfig } from '../filter-config/index.js';
import type { FilterKeySet } from '../filter-config/jwt.js';
import type { Cluster } from '../types.js';
import { webCluster, webClusterName } from './web-cluster.js';

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
  const byName = new Map(uris.map((uri) => [clusterName(uri), webCluster('jwks', uri, node)]));
  return [...byName].filter(([name]) => used.has(name)).map(([, made]) => made);
}

const clusterName = (uri: string) => webClusterName('jwks', uri);
