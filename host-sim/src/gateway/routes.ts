import { lower } from '../bytes.js';
import type { HeaderMap } from '../http/header-map.js';
import type { RouteInfo } from '../http/stream-info.js';
import type { ListenerPlan, RoutePlan, VirtualHostPlan } from './plan.js';

/** The route of a request, or undefined: 404. Envoy: without a path or an x-forwarded-proto there is none. */
export function selectRoute(listener: ListenerPlan, headers: HeaderMap): RouteInfo | undefined {
  const path = headers.first(':path');
  if (path === undefined || !headers.has('x-forwarded-proto')) return undefined;
  const host = selectHost(listener, headers.first(':authority') ?? '');
  const route = host?.routes.find(({ match }) => matches(match, path));
  return host && route && { clusterName: route.cluster, virtualHostName: host.name, routeName: route.name };
}

/** Exact domains before suffixes, long suffixes before short ones, `*` last. */
function selectHost(listener: ListenerPlan, authority: string): VirtualHostPlan | undefined {
  const host = lower(listener.ignorePort ? authority.replace(/:[^:\]]*$/, '') : authority);
  const having = (wanted: (domain: string) => boolean) =>
    listener.virtualHosts.find(({ domains }) => domains.some((domain) => wanted(lower(domain))));
  const exact = having((domain) => domain === host);
  if (exact) return exact;
  const suffixes = listener.virtualHosts
    .flatMap(({ domains }) => domains)
    .filter((domain) => domain.startsWith('*') && domain.length > 1)
    .map((domain) => lower(domain))
    // `*.example.com` needs something before the dot.
    .filter((domain) => host.endsWith(domain.slice(1)) && host.length > domain.length - 1)
    .sort((a, b) => b.length - a.length);
  const longest = suffixes[0];
  return longest ? having((domain) => domain === longest) : having((domain) => domain === '*');
}

function matches(match: RoutePlan['match'], path: string): boolean {
  if ('prefix' in match) return path.startsWith(match.prefix);
  return path.split('?')[0] === match.path;
}
