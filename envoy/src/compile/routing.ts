import {
  above,
  type Collection,
  type Destination,
  fullHost,
  type HttpMatch,
  type HttpRoute,
  hasLabels,
  httpRoutesOf,
  keyOf,
  type Model,
  onceFor,
  type Resource,
  VirtualServiceIndex,
} from '@tollgate/model';
import type { Route, VirtualHost } from '../types.js';
import { type Callee, type CalleePort, clusterName } from './callees.js';
import type { RouteContext } from './feature.js';
import { routeFeatures } from './features.js';
import { Kept } from './kept.js';
import { merged } from './merged.js';
import type { PluginFilter } from './plugin-filter.js';

type VirtualService = Resource<'VirtualService'>;
type Caller = Pick<Resource<'Service'>, 'namespace' | 'labels'>;

/** Calls that no document says anything about go where they are sent. */
const toItself: HttpRoute = { match: [], mirrors: [] };

/** Stands for what nobody has. */
const nobody = {};

/** Of most callers. */
const noPlugins: readonly PluginFilter[] = [];

const keptRoutes = new Kept<Route[]>();

const indexOf = onceFor((all: Collection<VirtualService>) => new VirtualServiceIndex(all));

/** The first has a host that several have. */
const byHostOf = onceFor((callees: readonly Callee[]): ReadonlyMap<string, Callee> => {
  const byHost = new Map<string, Callee>();
  for (const callee of callees)
    for (const domain of callee.domains) if (!byHost.has(domain)) byHost.set(domain, callee);
  return byHost;
});

/** Where the calls of one caller go, by the VirtualServices that it knows. */
export class Routing {
  private readonly index: VirtualServiceIndex;
  private readonly byHost: ReadonlyMap<string, Callee>;

  readonly caller: Caller;
  private readonly plugins: readonly PluginFilter[];

  constructor(
    private readonly model: Model,
    { caller, callees, plugins }: { caller: Caller; callees: readonly Callee[]; plugins: readonly PluginFilter[] },
  ) {
    this.caller = caller;
    this.plugins = plugins.length === 0 ? noPlugins : plugins;
    this.index = indexOf(model.of('VirtualService'));
    this.byHost = byHostOf(callees);
  }

  /** The routes of calls to a callee at one of its ports. Envoy takes the first that matches; where none does it answers 404. */
  routesOf(callee: Pick<Callee, 'key' | 'domains'>, port: CalleePort): Route[] {
    const routes = this.decided(callee, port);
    if (routes.length > 0) return routes;
    const make = () => [this.route(callee.key, { callee, port, http: toItself })];
    return keptRoutes.of(this.plugins, callee, [port], make);
  }

  /** What only VirtualServices have as a host: the calls to it go where they say, and nowhere else. */
  virtualHosts(): VirtualHost[] {
    const { namespace } = this.caller;
    const served = (ending: string) => [...this.byHost.keys()].some((domain) => domain.endsWith(ending));
    const known = (host: string) =>
      host.startsWith('*') ? served(host.slice(1)) : this.model.hosts.find(host, namespace) !== undefined;
    const unknown = this.index.hostsFor(namespace).filter((host) => !known(host));
    return unknown.sort().flatMap((host) => {
      const routes = this.decided({ key: host, domains: [host] }, plainPort);
      return routes.length > 0 ? [{ name: host, domains: spellingsOf(host, namespace), routes }] : [];
    });
  }

  /** Those of the first VirtualService that has any for this caller: none where no document decides. */
  decided(callee: Pick<Callee, 'key' | 'domains'>, port: CalleePort): Route[] {
    for (const document of this.deciding(callee.domains)) {
      const routes = this.routesIn(document, callee, port);
      if (routes.length > 0) return routes;
    }
    return [];
  }

  /** The documents that may decide about what has these hosts, in their order. */
  deciding(hosts: readonly string[]): VirtualService[] {
    return this.index.deciding(hosts, this.caller.namespace);
  }

  /** All that this caller knows, if any says something of connections that begin with TLS. */
  documentsForTls(): VirtualService[] {
    if (!this.index.routesTls) return [];
    const { namespace } = this.caller;
    return [...new Set(this.index.hostsFor(namespace).flatMap((host) => this.index.deciding([host], namespace)))];
  }

  /** What a caller reaches by a host, by its name or below a `*.`. */
  calleeOf(host: string): Callee | undefined {
    return [host, ...above(host)].map((name) => this.byHost.get(name)).find((callee) => callee !== undefined);
  }

  private routesIn(document: VirtualService, callee: Pick<Callee, 'key'>, port: CalleePort): Route[] {
    const make = () => this.makeRoutes(document, callee, port);
    const hosts = destinationHosts(document);
    if (!hosts) return make();
    const destinations = hosts.map((host) => this.byHost.get(host) ?? nobody);
    return keptRoutes.of(this.caller, callee, [document, port, this.plugins, ...destinations], make);
  }

  private makeRoutes(document: VirtualService, callee: Pick<Callee, 'key'>, port: CalleePort): Route[] {
    return httpRoutesOf(document, this.model.of('VirtualService')).flatMap((http, index) => {
      const name = http.name ?? `${keyOf(document)}[${index}]`;
      if (http.match.length === 0) return [this.route(name, { callee, port, http })];
      return http.match
        .filter((match) => concerns(match, this.caller, port))
        .map((match) => {
          const full = match.name === undefined ? name : `${name}.${match.name}`;
          return this.route(full, { callee, port, http, match });
        });
    });
  }

  private route(name: string, about: Pick<RouteContext, 'callee' | 'http' | 'match'> & { port: CalleePort }): Route {
    const clusterOf = (destination: Destination) => this.clusterOf(destination, about.port);
    const context = { ...about, plugins: this.plugins, clusterOf };
    return merged<Route>({ name }, ...routeFeatures.map((feature) => feature(context)));
  }

  /** What the caller may not call, or nobody has, is a cluster that there is not. */
  clusterOf({ host, subset, port }: Destination, called: CalleePort): string {
    const callee = this.calleeOf(host);
    if (!callee) return `unknown/${host}`;
    const [only, ...others] = callee.ports;
    const number = port?.number ?? (others.length === 0 ? only?.number : undefined) ?? called.number;
    return clusterName(callee, { number }, subset);
  }
}

/** A host that is no service's has no ports; calls to it are plain HTTP. */
const plainPort: CalleePort = { name: 'http', number: 80, protocol: 'HTTP' };

/** As callers may write a host: the full name of a service also without its ending, as for those that there are. */
function spellingsOf(host: string, caller: string): string[] {
  const [, name, namespace] = /^([^.*]+)\.([^.]+)\.svc\.cluster\.local$/.exec(host) ?? [];
  if (name === undefined || namespace === undefined) return [host];
  return [host, `${name}.${namespace}`, `${name}.${namespace}.svc`, ...(namespace === caller ? [name] : [])];
}

/** The hosts, in full, to which a document sends or mirrors calls; undefined where others say so, to which it delegates. */
const destinationHosts = onceFor(({ namespace, spec: { http } }: VirtualService): readonly string[] | undefined => {
  if (http.some(({ delegate }) => delegate)) return undefined;
  const destinations = http.flatMap(({ route = [], mirror, mirrors }) => [
    ...[...route, ...mirrors].map(({ destination }) => destination),
    ...(mirror ? [mirror] : []),
  ]);
  return [...new Set(destinations.map(({ host }) => fullHost(host, namespace)))];
});

/** What a condition asks of the caller and the port is known beforehand. One that names gateways asks nothing of callers. */
function concerns(match: HttpMatch, caller: Caller, port: CalleePort): boolean {
  if (match.port !== undefined && match.port !== port.number) return false;
  if (match.gateways.length > 0) return true;
  if (match.sourceNamespace !== undefined && match.sourceNamespace !== caller.namespace) return false;
  return hasLabels(caller.labels, match.sourceLabels);
}
