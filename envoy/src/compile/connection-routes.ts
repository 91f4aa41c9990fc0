import {
  concernsConnection,
  fullHost,
  keyOf,
  type Resource,
  type SharedDestination,
  type TrafficPolicy,
} from '@tollgate/model';
import type { TcpProxy } from '../types.js';
import { type Callee, type CalleePort, clusterName, isTls } from './callees.js';
import type { Routing } from './routing.js';

/** Where connections go. */
export type Target = Pick<TcpProxy, 'cluster' | 'weighted_clusters'>;

/** Where connections go whose TLS begins with one of these names. */
export interface TlsTarget {
  /** Of the route, or of the callee itself. */
  name: string;
  serverNames: string[];
  target: Target;
  /** What a DestinationRule says of the host’s port. */
  policy?: TrafficPolicy | undefined;
}

/** What a DestinationRule says of a callee at a port. */
type PolicyOf = (callee: Callee, port: CalleePort) => TrafficPolicy | undefined;

/** As VirtualServices say, and for hosts of which none says anything to the callee itself, at its first port for TLS. */
export function tlsTargets(callees: readonly Callee[], routing: Routing, policyOf: PolicyOf): TlsTarget[] {
  const own = callees.flatMap((callee): TlsTarget[] => {
    const port = callee.ports.find(isTls);
    if (!port) return [];
    const serverNames = callee.domains.filter(isServerName);
    const target = { cluster: clusterName(callee, port) };
    return [{ name: callee.key, serverNames, target, policy: policyOf(callee, port) }];
  });
  return withoutRepeats([
    ...routing.documentsForTls().flatMap((document) => routed(document, routing, policyOf)),
    ...own,
  ]);
}

function routed(document: Resource<'VirtualService'>, routing: Routing, policyOf: PolicyOf): TlsTarget[] {
  return document.spec.tls.flatMap(({ match, route }, index) =>
    match.flatMap((condition, at) =>
      condition.sniHosts.flatMap((host): TlsTarget[] => {
        const callee = routing.calleeOf(host);
        const port = portForTls(callee);
        if (!callee || !port || !concernsConnection(condition, routing.caller, port.number)) return [];
        const name = `${keyOf(document)}/tls[${index}].match[${at}]/${host}`;
        const target = targetOf(route, document, routing, port);
        return [{ name, serverNames: [host], target, policy: policyOf(callee, port) }];
      }),
    ),
  );
}

/** Where connections to a port go that are not looked into; undefined: to it itself. */
export function tcpTarget(callee: Callee, port: CalleePort, routing: Routing): Target | undefined {
  for (const document of routing.deciding(callee.domains))
    for (const { match, route } of document.spec.tcp) {
      const concerned = match.some((condition) => concernsConnection(condition, routing.caller, port.number));
      if (match.length === 0 || concerned) return targetOf(route, document, routing, port);
    }
  return undefined;
}

/** A service may carry TLS on a port of which nothing more is known. */
function portForTls(callee: Callee | undefined): CalleePort | undefined {
  return callee?.ports.find(isTls) ?? callee?.ports.find(({ protocol }) => protocol === 'TCP');
}

function targetOf(
  route: readonly SharedDestination[],
  { namespace }: Resource<'VirtualService'>,
  routing: Routing,
  port: CalleePort,
): Target {
  const clusters = route.map(({ destination, weight = 0 }) => ({
    name: routing.clusterOf({ ...destination, host: fullHost(destination.host, namespace) }, port),
    weight,
  }));
  // The only one takes all, whatever its weight.
  if (clusters.length === 1) return { cluster: clusters[0]?.name ?? '' };
  return { weighted_clusters: { clusters: clusters.filter(({ weight }) => weight > 0) } };
}

/** Envoy takes a name once: the first says where. */
function withoutRepeats(targets: readonly TlsTarget[]): TlsTarget[] {
  const taken = new Set<string>();
  return targets.flatMap((each) => {
    const serverNames = each.serverNames.filter((name) => !taken.has(name));
    for (const name of serverNames) taken.add(name);
    return serverNames.length > 0 ? [{ ...each, serverNames }] : [];
  });
}

/** Clients send no address as a server name. */
const isServerName = (domain: string) => !/^(\d+\.){3}\d+$|^\[/.test(domain);
