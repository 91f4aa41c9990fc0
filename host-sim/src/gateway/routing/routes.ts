import { lower } from '../../bytes.js';
import { isGrpcRequest } from '../../http/grpc-status.js';
import type { HeaderMap } from '../../http/header-map.js';
import type { RouteInfo } from '../../http/stream-info.js';
import type { Destination, Level, ListenerPlan, RouteMatch, RoutePlan, VirtualHostPlan } from '../plan/plan.js';
import { matchesHeader } from './header-match.js';

/** What a filter can read of a route, and what the gateway does on it. */
export interface ChosenRoute extends RouteInfo {
  plan: RoutePlan;
  /** Where it forwards to. */
  destination: Destination | undefined;
  /** What is said of it: by the chosen cluster, the route, the virtual host, all routes. */
  levels: readonly Level[];
}

/**
 * The route of a request, or undefined: 404. Envoy: without a path or an x-forwarded-proto there is none. `random` is the
 * stream's own number from 0 to 1: a choice made again is the same choice.
 */
export function selectRoute(listener: ListenerPlan, headers: HeaderMap, random: number): ChosenRoute | undefined {
  const path = headers.first(':path');
  if (path === undefined || !headers.has('x-forwarded-proto')) return undefined;
  const host = selectHost(listener, headers.first(':authority') ?? '');
  const plan = host?.routes.find(({ match }) => matches(match, path, headers));
  if (!host || !plan) return undefined;
  const destination = chooseDestination(plan, random);
  return {
    plan,
    destination,
    clusterName: destination?.name ?? '',
    virtualHostName: host.name,
    routeName: plan.name,
    levels: [...(destination ? [destination.level] : []), plan.level, host.level, listener.level],
  };
}

function chooseDestination({ action }: RoutePlan, random: number): Destination | undefined {
  if (action.kind !== 'forward') return undefined;
  const total = action.clusters.reduce((sum, { weight }) => sum + weight, 0);
  let left = random * total;
  for (const destination of action.clusters) {
    left -= destination.weight;
    if (left < 0) return destination;
  }
  return action.clusters.at(-1);
}

/** Exact domains before suffixes, long suffixes before short ones, then prefixes in the same way, `*` last. */
function selectHost(listener: ListenerPlan, authority: string): VirtualHostPlan | undefined {
  const host = lower(listener.ignorePort ? authority.replace(/:[^:\]]*$/, '') : authority);
  const having = (wanted: (domain: string) => boolean) =>
    listener.virtualHosts.find(({ domains }) => domains.some((domain) => wanted(lower(domain))));
  const exact = having((domain) => domain === host);
  if (exact) return exact;
  const domains = listener.virtualHosts.flatMap((virtualHost) => virtualHost.domains.map(lower));
  const longest = (fits: (domain: string) => boolean) =>
    // `*.example.com` needs something before the dot.
    domains.filter((domain) => domain.length > 1 && host.length > domain.length - 1 && fits(domain)).sort(byLength)[0];
  const best =
    longest((domain) => domain.startsWith('*') && host.endsWith(domain.slice(1))) ??
    longest((domain) => domain.endsWith('*') && host.startsWith(domain.slice(0, -1))) ??
    '*';
  return having((domain) => domain === best);
}

const byLength = (a: string, b: string): number => b.length - a.length;

function matches(match: RouteMatch, path: string, headers: HeaderMap): boolean {
  if (!match.path(path) || (match.grpc && !isGrpcRequest(headers))) return false;
  if (!match.headers.every((wanted) => matchesHeader(wanted, headers))) return false;
  return match.query.every(({ name, present, value }) => {
    const found = queryValue(path, name);
    if (present !== undefined) return (found !== undefined) === present;
    return found !== undefined && (value?.(found) ?? false);
  });
}

/** The first value of a query parameter, as it was written. */
function queryValue(path: string, name: string): string | undefined {
  const query = path.slice(path.indexOf('?') + 1 || path.length).split('#', 1)[0] as string;
  for (const part of query.split('&')) {
    const at = part.indexOf('=');
    if ((at < 0 ? part : part.slice(0, at)) === name && part !== '') return at < 0 ? '' : part.slice(at + 1);
  }
  return undefined;
}
