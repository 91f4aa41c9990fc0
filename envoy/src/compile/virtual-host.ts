import { keyOf, type NodeSpec, type Resource } from '@tollgate/model';
import type { Route, RouteConfiguration, VirtualHost } from '../types.js';
import { type Callee, type CalleePort, isHttp } from './callees.js';
import type { RouteContext } from './feature.js';
import { routeFeatures } from './features.js';
import { leftByEnvoy, untrustedHeaders } from './header-names.js';
import { merged } from './merged.js';
import type { PluginFilter } from './plugin-filter.js';

/** The routes of one listener. */
export function routeConfiguration(name: string, virtual_hosts: VirtualHost[]): RouteConfiguration {
  return {
    name,
    ignore_port_in_host_matching: true,
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

/** What a caller reaches by these hosts. */
export function calleeHost(
  callee: Callee,
  domains: string[],
  { node, plugins }: { node: NodeSpec; plugins: readonly PluginFilter[] },
): VirtualHost {
  return {
    name: callee.key,
    domains,
    // Behind an entry nothing is governed that such a header could lead past.
    ...removing(callee.service ? untrustedHeaders(callee.service.spec, node) : []),
    routes: portRoutes(callee, (port) => [routeOf({ callee, port, plugins })]),
  };
}

/** The Host's port chooses among several; where it names none of them the first is meant. */
function portRoutes(callee: Callee, routesOf: (port: CalleePort) => Route[]): Route[] {
  const [first, ...others] = callee.ports.filter(isHttp);
  if (!first) return [];
  const chosen = others.flatMap((port) => routesOf(port).map((route) => merged<Route>(route, atPort(route, port))));
  return [...chosen, ...routesOf(first)];
}

function atPort({ match }: Route, { number }: CalleePort) {
  const port = { name: ':authority', string_match: { suffix: `:${number}` } };
  return { match: { headers: [...(match?.headers ?? []), port] } };
}

function routeOf(context: RouteContext): Route {
  return merged<Route>({ name: context.callee.key }, ...routeFeatures.map((feature) => feature(context)));
}

function removing(headers: string[]): Pick<VirtualHost, 'request_headers_to_remove'> {
  return headers.length > 0 ? { request_headers_to_remove: headers } : {};
}
