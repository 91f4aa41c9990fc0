import { type HostRule, keyOf, type Model, type NodeSpec, type Resource } from '@tollgate/model';
import type { FilterConfig } from '../filter-config/index.js';
import type { Cluster, Listener, RouteConfiguration } from '../types.js';
import { type Callee, calleesOf, clusterName, isHttp } from './callees.js';
import { type ClusterWithEndpoints, calleeCluster, socketCluster } from './cluster/cluster.js';
import { httpListener } from './connection-manager.js';
import { compileTarget, governanceConfig, type WasmModule } from './governance.js';
import { untrustedHeaders } from './header-names.js';
import { hostRuleOf, instancesOf } from './host-rule.js';
import { governanceName } from './http-filters.js';
import { Kept } from './kept.js';
import { keySetClusters } from './key-set.js';
import type { PluginFilter } from './plugin-filter.js';
import type { Resources } from './resources.js';
import { Secrets } from './secrets.js';
import { tlsChains, withTls } from './tls-chains.js';
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
  routes: RouteConfiguration;
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
  const configs = drafts.map(({ config }) => config);
  const alone = !live && configs.filter(({ targets }) => targets.length > 0).length === 1;
  const called = calledClusters(model, node);
  const plugins = drafts.flatMap((draft) => draft.plugins);
  return {
    version,
    listeners: drafts.map(({ listener }) => listener),
    routes: drafts.map(({ routes }) => routes),
    clusters: [
      ...inboundClusters(model, node),
      ...called.map(({ cluster }) => cluster),
      ...keySetClusters(model, configs, node.spec),
      ...moduleClusters(plugins, node.spec),
    ],
    endpoints: called.flatMap(({ endpoints }) => endpoints ?? []),
    filterConfigs: [
      ...drafts.map(({ listener, config, secrets }) => ({
        name: governanceName(listener.name ?? ''),
        typed_config: governanceConfig(config, { module, secrets, alone }),
      })),
      ...plugins.map(({ name, typed_config }) => ({ name, typed_config })),
    ],
    secrets: Secrets.together(drafts.flatMap(({ secrets, settings }) => [secrets, settings])),
  };
}

type Inbound = Resource<'Node'>['spec']['inbound'][number];
type Outbound = Resource<'Node'>['spec']['outbound'][number];

function draftInbound(model: Model, node: Resource<'Node'>, { service: name, listen, to }: Inbound): Draft {
  const secrets = new Secrets();
  const settings = new Secrets();
  const service = serviceOf(model, node, name);
  const target = compileTarget(model, 'provider', service, service, secrets);
  const untrusted = untrustedHeaders(service.spec, node.spec);
  const at = { name: `inbound/${service.name}/${listen.port}`, side: 'provider' as const, listen };
  const plugins = inboundPlugins(model, service, { listener: at.name, port: to.port, settings });
  return {
    listener: httpListener(at, node.spec, plugins),
    routes: routeConfiguration(at.name, [inboundHost(service, inboundCluster(service, listen.port), untrusted)]),
    config: {
      side: 'provider',
      service: service.name,
      trustedHops: node.spec.trustedHops,
      targets: target ? [target] : [],
    },
    secrets,
    plugins,
    settings,
  };
}

function draftOutbound(model: Model, node: Resource<'Node'>, entry: Outbound): Draft {
  const secrets = new Secrets();
  const settings = new Secrets();
  const caller = callerOf(model, node, entry);
  const at = { name: `outbound/${caller.name}`, side: 'consumer' as const, listen: entry.listen };
  const plugins = outboundPlugins(model, caller, { listener: at.name, settings });
  const callees = calleesOf(model, caller);
  const targets = callees.flatMap(({ service }) =>
    service ? (compileTarget(model, 'consumer', service, caller, secrets) ?? []) : [],
  );
  const taken = new Set<string>();
  const hosts = callees.flatMap((callee) => {
    if (!callee.ports.some(isHttp)) return [];
    const domains = callee.domains.filter((domain) => !taken.has(domain));
    for (const domain of domains) taken.add(domain);
    return domains.length > 0 ? [calleeHost(callee, domains, { node: node.spec, plugins })] : [];
  });
  return {
    listener: withTls(httpListener(at, node.spec, plugins), tlsChains(callees)),
    routes: routeConfiguration(at.name, [...hosts, unknownHost]),
    config: { side: 'consumer', service: caller.name, trustedHops: node.spec.trustedHops, targets },
    secrets,
    plugins,
    settings,
  };
}

/** Who is calling on an outbound listener. */
function callerOf(model: Model, node: Resource<'Node'>, { service }: Outbound): Resource<'Service'> {
  return serviceOf(model, node, service ?? node.spec.services[0] ?? '');
}

function inboundClusters(model: Model, node: Resource<'Node'>): Cluster[] {
  return node.spec.inbound.map(({ service: name, listen, to }) => {
    const service = serviceOf(model, node, name);
    const protocol = service.spec.ports[0]?.protocol ?? 'HTTP';
    return socketCluster(inboundCluster(service, listen.port), to, protocol, node.spec);
  });
}

function inboundCluster(service: Resource<'Service'>, port: number): string {
  return `inbound/${keyOf(service)}/${port}`;
}

/** Of all that the node's services call. */
function calledClusters(model: Model, node: Resource<'Node'>): ClusterWithEndpoints[] {
  const called = new Set(node.spec.outbound.flatMap((entry) => calleesOf(model, callerOf(model, node, entry))));
  return [...called].flatMap((callee) => clustersOf(callee, hostRuleOf(model, node, callee), node.spec));
}

const keptClusters = new Kept<ClusterWithEndpoints[]>();

function clustersOf(callee: Callee, rule: HostRule | undefined, node: NodeSpec): ClusterWithEndpoints[] {
  return keptClusters.of([callee, node, ...(rule?.rules ?? [])], () => makeClusters(callee, rule, node));
}

/** At each port one cluster of all instances, and one of each subset. */
function makeClusters(callee: Callee, rule: HostRule | undefined, node: NodeSpec): ClusterWithEndpoints[] {
  return callee.ports.flatMap((port) => [
    calleeCluster(clusterName(callee, port), { callee, port, policy: rule?.policyAt(port.number) ?? {}, node }),
    ...(rule?.subsets ?? []).map((subset) =>
      calleeCluster(clusterName(callee, port, subset.name), {
        callee: { ...callee, instances: instancesOf(callee, subset) },
        port,
        subset: subset.name,
        policy: rule?.policyAt(port.number, subset.name) ?? {},
        node,
      }),
    ),
  ]);
}

/** The model is checked: a node's services are there. */
function serviceOf(model: Model, node: Resource<'Node'>, name: string): Resource<'Service'> {
  const found = model.of('Service').get(node.namespace, name);
  if (!found) throw new Error(`node ${node.name} names the service ${name}, which a checked model always has`);
  return found;
}
