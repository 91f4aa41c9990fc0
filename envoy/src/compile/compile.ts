import {
  type Collection,
  calledPort,
  type HostRule,
  hostsOf,
  keyOf,
  type Model,
  type NodeSpec,
  onceFor,
  portOf,
  type Resource,
} from '@tollgate/model';
import type { FilterConfig } from '../filter-config/index.js';
import type { Cluster, Endpoints, Listener, RouteConfiguration } from '../types.js';
import { type Callee, type CalleePort, calleesOf, clusterName, isHttp, namedCallees } from './callees.js';
import { type ClusterWithEndpoints, calleeCluster, socketCluster } from './cluster/cluster.js';
import { hostOf, ownHealthCheck } from './cluster/health-check.js';
import { httpListener } from './connection-manager.js';
import { tcpTarget, tlsTargets } from './connection-routes.js';
import { compileConnections } from './connections.js';
import { compileTarget, connectionsConfig, governanceConfig, type WasmModule } from './governance.js';
import { untrustedHeaders } from './header-names.js';
import { healthFilter, probesOf } from './health-filter.js';
import { callersOf, hostRulesFor, instancesOf } from './host-rule.js';
import { governanceName } from './http-filters.js';
import { Kept } from './kept.js';
import { keySetClusters } from './key-set.js';
import type { PluginFilter } from './plugin-filter.js';
import type { Resources } from './resources.js';
import { Routing } from './routing.js';
import { Secrets } from './secrets.js';
import { tcpListener } from './tcp-listener.js';
import { withTls } from './tls-chains.js';
import { unknownHost } from './unknown-host.js';
import { calleeHost, inboundHost, routeConfiguration } from './virtual-host.js';
import { inboundPlugins, moduleClusters, outboundPlugins } from './wasm-plugin.js';

export interface CompileOptions {
  version: string;
  wasm: WasmModule;
  /** The running Envoy will be given other resources: the filters stand ready for them. */
  live?: boolean;
}

/** One listener with what belongs to it alone. */
interface Draft {
  listener: Listener;
  /** Plain TCP has none. */
  routes?: RouteConfiguration;
  config: FilterConfig;
  /** Those of its policies. */
  secrets: Secrets;
  plugins: readonly PluginFilter[];
  /** The variables that its plugins may read. */
  settings: Secrets;
}

/** Compiles what a node's Envoy shall do. Pure: the same model gives the same resources. */
export function compile(model: Model, node: Resource<'Node'>, options: CompileOptions): Resources {
  const { version, wasm: module, live = false } = options;
  const drafts = [
    ...node.spec.inbound.map((entry) => draftInbound(model, node, entry)),
    ...node.spec.outbound.map((entry) => draftOutbound(model, node, entry)),
  ];
  const configs = drafts.flatMap(({ routes, config }) => (routes ? [config] : []));
  const alone = !live && configs.filter(({ targets }) => targets.length > 0).length === 1;
  const called = calledClusters(model, node);
  const plugins = drafts.flatMap((draft) => draft.plugins);
  return {
    version,
    listeners: drafts.map(({ listener }) => listener),
    routes: drafts.flatMap(({ routes }) => routes ?? []),
    clusters: [
      ...inboundClusters(model, node),
      ...called.clusters,
      ...keySetClusters(model, configs, node.spec),
      ...moduleClusters(plugins, node.spec),
    ],
    endpoints: called.endpoints,
    filterConfigs: [
      ...drafts.map(({ listener, routes, config, secrets }) => ({
        name: governanceName(listener.name ?? ''),
        typed_config: routes
          ? governanceConfig(config, { module, secrets, alone })
          : connectionsConfig(config, { module, secrets, alone }, live),
      })),
      ...plugins.map(({ name, typed_config }) => ({ name, typed_config })),
    ],
    secrets: Secrets.together(drafts.flatMap(({ secrets, settings }) => [secrets, settings])),
  };
}

type Inbound = Resource<'Node'>['spec']['inbound'][number];
type Outbound = Resource<'Node'>['spec']['outbound'][number];

function draftInbound(model: Model, node: Resource<'Node'>, { service: name, port, listen, to }: Inbound): Draft {
  const secrets = new Secrets();
  const settings = new Secrets();
  const service = serviceOf(model, node, name);
  const protocol = portOf(service.spec, port)?.protocol;
  if (protocol === 'TCP') return draftTcpInbound(model, node, service, listen);
  const target = compileTarget(model, 'provider', service, service, secrets);
  const untrusted = untrustedHeaders(service.spec, node.spec);
  const at = { name: `inbound/${service.name}/${listen.port}`, side: 'provider' as const, listen };
  const plugins = inboundPlugins(model, service, { listener: at.name, port: to.port, settings });
  const cluster = inboundCluster(service, listen.port);
  const probes = probesOf(service.spec);
  return {
    listener: httpListener(at, node.spec, { plugins, health: probes && healthFilter(probes, cluster) }),
    routes: routeConfiguration(at.name, [inboundHost(service, cluster, untrusted)]),
    config: configOf('provider', service, node, target ? [target] : []),
    secrets,
    plugins,
    settings,
  };
}

function draftTcpInbound(
  model: Model,
  node: Resource<'Node'>,
  service: Resource<'Service'>,
  listen: Inbound['listen'],
): Draft {
  const target = compileConnections(model, 'provider', service);
  const at = { name: `inbound/${service.name}/${listen.port}`, side: 'provider' as const, listen };
  return {
    listener: tcpListener(at, node.spec, { cluster: inboundCluster(service, listen.port) }),
    config: configOf('provider', service, node, target ? [target] : []),
    secrets: new Secrets(),
    plugins: [],
    settings: new Secrets(),
  };
}

function draftOutbound(model: Model, node: Resource<'Node'>, entry: Outbound): Draft {
  const secrets = new Secrets();
  const settings = new Secrets();
  const caller = callerOf(model, node, entry);
  if (entry.to) return draftTcpOutbound(model, node, caller, { ...entry, to: entry.to });
  const at = { name: `outbound/${caller.name}`, side: 'consumer' as const, listen: entry.listen };
  const plugins = outboundPlugins(model, caller, { listener: at.name, settings });
  const callees = calleesOf(model, caller);
  const targets = callees.flatMap(({ service, ports }) =>
    service && ports.some(isHttp) ? (compileTarget(model, 'consumer', service, caller, secrets) ?? []) : [],
  );
  const routing = new Routing(model, { caller, callees, plugins });
  const ruleOf = hostRulesFor(model, node);
  const policyOf = (callee: Callee, port: CalleePort) => ruleOf(callee)?.policyAt(port.number);
  const hosts = namedCallees(callees).map(({ callee, domains }) =>
    calleeHost(callee, domains, { node: node.spec, routing }),
  );
  return {
    listener: withTls(httpListener(at, node.spec, { plugins }), tlsTargets(callees, routing, policyOf)),
    routes: routeConfiguration(at.name, [...hosts, ...routing.virtualHosts(), unknownHost]),
    config: configOf('consumer', caller, node, targets),
    secrets,
    plugins,
    settings,
  };
}

/** Plain TCP names no host: all of a listener's connections go to the port of one service. */
function draftTcpOutbound(
  model: Model,
  node: Resource<'Node'>,
  caller: Resource<'Service'>,
  { listen, to }: Outbound & { to: NonNullable<Outbound['to']> },
): Draft {
  const service = calledService(model, node, to);
  const number = calledPort(service.spec, to.port)?.port ?? 0;
  const callees = calleesOf(model, caller);
  const callee = callees.find(({ key }) => key === keyOf(service));
  const port = callee?.ports.find((each) => each.number === number);
  const routed = callee && port && tcpTarget(callee, port, new Routing(model, { caller, callees, plugins: [] }));
  const target = compileConnections(model, 'consumer', service);
  const called = { namespace: service.namespace, domains: hostsOf(service) };
  const policy = hostRulesFor(model, node)(called)?.policyAt(number);
  const at = { name: `outbound/${caller.name}/${listen.port}`, side: 'consumer' as const, listen };
  return {
    listener: tcpListener(
      at,
      node.spec,
      routed ?? { cluster: clusterName({ key: keyOf(service) }, { number }) },
      policy,
    ),
    config: configOf('consumer', caller, node, target ? [target] : []),
    secrets: new Secrets(),
    plugins: [],
    settings: new Secrets(),
  };
}

/** The model is checked: it is there, and given to the caller. */
function calledService(
  model: Model,
  node: Resource<'Node'>,
  { service: name, namespace = node.namespace }: NonNullable<Outbound['to']>,
): Resource<'Service'> {
  return serviceOf(model, { ...node, namespace }, name);
}

function configOf(
  side: FilterConfig['side'],
  { name: service }: Resource<'Service'>,
  { spec: { trustedHops } }: Resource<'Node'>,
  targets: FilterConfig['targets'],
): FilterConfig {
  return { side, service, trustedHops, targets } as FilterConfig;
}

/** Who is calling on an outbound listener. */
function callerOf(model: Model, node: Resource<'Node'>, { service }: Outbound): Resource<'Service'> {
  return serviceOf(model, node, service ?? node.spec.services[0] ?? '');
}

function inboundClusters(model: Model, node: Resource<'Node'>): Cluster[] {
  return node.spec.inbound.map(({ service: name, port, listen, to }) => {
    const service = serviceOf(model, node, name);
    const protocol = portOf(service.spec, port)?.protocol ?? 'HTTP';
    const cluster = socketCluster(inboundCluster(service, listen.port), to, protocol, node.spec);
    const probes = protocol === 'TCP' ? undefined : probesOf(service.spec);
    return probes ? { ...cluster, ...ownHealthCheck(probes, protocol, hostOf(service)) } : cluster;
  });
}

function inboundCluster(service: Resource<'Service'>, port: number): string {
  return `inbound/${keyOf(service)}/${port}`;
}

/** Of all that the node's services call. */
function calledClusters(model: Model, node: Resource<'Node'>): CalledClusters {
  const parts = (['ServiceEntry', 'Sidecar', 'DestinationRule', 'Node'] as const).map((kind) => model.of(kind));
  return keptCalled.of(node, model.of('Service'), parts, () => {
    const made = makeCalled(model, node);
    return {
      clusters: made.map(({ cluster }) => cluster),
      endpoints: made.flatMap(({ endpoints }) => endpoints ?? []),
    };
  });
}

interface CalledClusters {
  clusters: Cluster[];
  endpoints: Endpoints[];
}

const keptCalled = new Kept<CalledClusters>();

function makeCalled(model: Model, node: Resource<'Node'>): ClusterWithEndpoints[] {
  const called = new Set(node.spec.outbound.flatMap((entry) => calleesOf(model, callerOf(model, node, entry))));
  const callers = callersOf(model, node);
  const ruleOf = hostRulesFor(model, node);
  const proxies = servicesBehindProxies(model.of('Node'));
  return [...called].flatMap((callee) => {
    const behindProxy = callee.service?.spec.healthCheck !== undefined && proxies.has(keyOf(callee.service));
    return clustersOf({ callee, callers, behindProxy, node: node.spec }, ruleOf(callee));
  });
}

const keptClusters = new Kept<ClusterWithEndpoints[]>();

/** What is called, and how its instances are reached. */
interface Called {
  callee: Callee;
  callers: readonly Resource<'Service'>[];
  behindProxy: boolean;
  node: NodeSpec;
}

const [proxied, direct] = [{}, {}];

function clustersOf(called: Called, rule: HostRule | undefined): ClusterWithEndpoints[] {
  const { callee, callers, behindProxy, node } = called;
  const parts = [...callers, behindProxy ? proxied : direct, ...(rule?.rules ?? [])];
  return keptClusters.of(node, callee, parts, () => makeClusters(called, rule));
}

/** At each port one cluster of all instances, and one of each subset. */
function makeClusters(called: Called, rule: HostRule | undefined): ClusterWithEndpoints[] {
  const { callee } = called;
  return callee.ports.flatMap((port) => {
    const all = { ...called, port, policy: rule?.policyAt(port.number) ?? noPolicy };
    const whole = calleeCluster(clusterName(callee, port), all);
    const subsets = (rule?.subsets ?? []).map((subset) => {
      const part = { ...all, callee: { ...callee, instances: instancesOf(callee, subset) }, subset: subset.name };
      const policy = rule?.policyAt(port.number, subset.name) ?? noPolicy;
      return calleeCluster(
        clusterName(callee, port, subset.name),
        { ...part, policy },
        policy === all.policy ? whole : undefined,
      );
    });
    return [whole, ...subsets];
  });
}

const noPolicy = {};

/** By their keys. */
const servicesBehindProxies = onceFor(
  (nodes: Collection<Resource<'Node'>>) =>
    new Set(
      nodes.all.flatMap(({ namespace, spec }) => spec.inbound.map(({ service: name }) => keyOf({ namespace, name }))),
    ),
);

/** The model is checked: a node's services are there. */
function serviceOf(model: Model, node: Resource<'Node'>, name: string): Resource<'Service'> {
  const found = model.of('Service').get(node.namespace, name);
  if (!found) throw new Error(`node ${node.name} names the service ${name}, which a checked model always has`);
  return found;
}
