import { directBodyMax, keyOf, type NodeSpec, type Resource } from '@tollgate/model';
import type { Route, RouteConfiguration, VirtualHost } from '../types.js';
import { type Callee, type CalleePort, isHttp } from './callees.js';
import { leftByEnvoy, untrustedHeaders } from './header-names.js';
import { Kept } from './kept.js';
import { merged } from './merged.js';
import type { Routing } from './routing.js';

/** The routes of one listener. */
export function routeConfiguration(name: string, virtual_hosts: VirtualHost[]): RouteConfiguration {
  return {
    name,
    ignore_port_in_host_matching: true,
    // A route to what nobody has answers 503, as in Istio; Envoy would exit at boot.
    validate_clusters: false,
    max_direct_response_body_size_bytes: directBodyMax,
    request_headers_to_remove: [...leftByEnvoy],
    virtual_hosts,
  };
}

/** On the provider's side every host leads to the application. Policies find what they govern by the virtual host's name. */
export function inboundHost(service: Resource<'Service'>, cluster: string, untrusted: string[]): VirtualHost {
  const name = keyOf(service);
  return {
    name,
    domains: ['*'],
    ...removing(untrusted),
    routes: [{ name, match: { prefix: '/' }, route: { cluster, timeout: '0s' } }],
  };
}

const keptHosts = new Kept<VirtualHost>();

/** What a caller reaches by these hosts. */
export function calleeHost(
  callee: Callee,
  domains: string[],
  { node, routing }: { node: NodeSpec; routing: Routing },
): VirtualHost {
  const lists = new Map(callee.ports.filter(isHttp).map((port) => [port, routing.routesOf(callee, port)]));
  return keptHosts.of(node, callee, [domains, ...lists.values()], () => ({
    name: callee.key,
    domains,
    // Behind an entry nothing is governed that such a header could lead past.
    ...removing(callee.service ? untrustedHeaders(callee.service.spec, node) : []),
    routes: portRoutes(callee, (port) => lists.get(port) ?? []),
  }));
}

/** The Host's port chooses among several; where it names none of them the first is meant. */
function portRoutes(callee: Callee, routesOf: (port: CalleePort) => Route[]): Route[] {
  const [first, ...others] = callee.ports.filter(isHttp);
  if (!first) return [];
  const chosen = others.flatMap((port) =>
    withoutGap(routesOf(port)).map((route) => merged<Route>(route, atPort(route, port))),
  );
  return [...chosen, ...routesOf(first)];
}

/** Calls that none of a port's routes takes are not for those of another: they get what Envoy answers where there is none. */
function withoutGap(routes: Route[]): Route[] {
  const { prefix, headers, query_parameters } = routes.at(-1)?.match ?? {};
  const takesAll = prefix === '/' && !headers && !query_parameters;
  return takesAll ? routes : [...routes, { match: { prefix: '/' }, direct_response: { status: 404 } }];
}

function atPort({ match }: Route, { number }: CalleePort) {
  const port = { name: ':authority', string_match: { suffix: `:${number}` } };
  return { match: { headers: [...(match?.headers ?? []), port] } };
}

function removing(headers: string[]): Pick<VirtualHost, 'request_headers_to_remove'> {
  return headers.length > 0 ? { request_headers_to_remove: headers } : {};
}
