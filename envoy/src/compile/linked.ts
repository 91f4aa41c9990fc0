import type { Cluster, ConnectionManager, HttpFilter, Listener } from '../types.js';
import { isNothing } from './governance.js';
import { merged, type Part } from './merged.js';
import type { Resources } from './resources.js';

/** What stands where a resource refers to one of another type: that itself, or where Envoy finds it. */
export interface Links {
  /** In place of `rds`. */
  routes(name: string): Part<ConnectionManager>;
  /** In place of `config_discovery`; undefined: the filter is left out. */
  filter(name: string): Part<HttpFilter> | undefined;
  /** In place of `eds_cluster_config`. */
  endpoints(name: string): Part<Cluster>;
}

/** The listeners and clusters as Envoy reads them. */
export function linked(resources: Resources, links: Links): { listeners: Listener[]; clusters: Cluster[] } {
  return {
    listeners: resources.listeners.map((listener) => linkedListener(listener, links)),
    clusters: resources.clusters.map((cluster) => linkedCluster(cluster, links)),
  };
}

function linkedListener(listener: Listener, links: Links): Listener {
  const filter_chains = listener.filter_chains?.map((chain) => ({
    ...chain,
    filters: chain.filters?.flatMap((filter): HttpFilter[] => {
      const manager = filter.typed_config as (ConnectionManager & { '@type': string }) | undefined;
      if (manager?.rds)
        return [{ ...filter, typed_config: linkedManager(manager, links) as HttpFilter['typed_config'] }];
      const linked = linkedFilter(filter, links);
      return linked ? [linked] : [];
    }),
  }));
  return { ...listener, ...(filter_chains ? { filter_chains } : {}) } as Listener;
}

function linkedManager<M extends ConnectionManager>({ rds, http_filters = [], ...manager }: M, links: Links): object {
  return {
    ...manager,
    ...links.routes(rds?.route_config_name ?? ''),
    http_filters: http_filters.flatMap((filter) => linkedFilter(filter, links) ?? []),
  };
}

/** One of HTTP, or of connections. */
function linkedFilter(filter: HttpFilter, links: Links): HttpFilter | undefined {
  if (!filter.config_discovery) return filter;
  const part = links.filter(filter.name ?? '');
  const { config_discovery, ...rest } = filter;
  return part && merged<HttpFilter>(part.config_discovery ? filter : rest, part);
}

function linkedCluster(cluster: Cluster, links: Links): Cluster {
  if (!cluster.eds_cluster_config) return cluster;
  const { eds_cluster_config, ...rest } = cluster;
  return merged<Cluster>(rest, links.endpoints(cluster.name ?? ''));
}

/** Everything in its place: what a bootstrap holds that follows nobody. */
export function inlined(resources: Resources): { listeners: Listener[]; clusters: Cluster[] } {
  const routes = byName(resources.routes, ({ name }) => name);
  const filters = byName(resources.filterConfigs, ({ name }) => name);
  const endpoints = byName(resources.endpoints, ({ cluster_name }) => cluster_name);
  return linked(resources, {
    routes: (name) => ({ route_config: routes(name) }),
    filter: (name) => {
      const { typed_config } = filters(name);
      return typed_config && !isNothing(typed_config) ? { typed_config } : undefined;
    },
    endpoints: (name) => ({ type: 'STATIC', load_assignment: endpoints(name) }),
  });
}

/** What a name refers to is always there: the compiler makes both. */
function byName<R>(resources: readonly R[], nameOf: (resource: R) => string | undefined): (name: string) => R {
  const named = new Map(resources.map((resource) => [nameOf(resource), resource]));
  return (name) => {
    const found = named.get(name);
    if (!found) throw new Error(`the compiler names ${name} and did not make it`);
    return found;
  };
}
