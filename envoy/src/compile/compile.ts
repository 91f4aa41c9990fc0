import { keyOf, type Model, type Resource } from '@tollgate/model';
import type { FilterConfig } from '../filter-config/index.js';
import type { Cluster, HttpFilter, Listener } from '../types.js';
import { cluster } from './cluster.js';
import { httpListener, virtualHost } from './connection-manager.js';
import { compileTarget, governanceFilter, type WasmModule } from './governance.js';
import { untrustedHeaders } from './header-names.js';
import { keySetClusters } from './key-set.js';
import { Secrets, type SecretVariable } from './secrets.js';

/** What one node's Envoy is made of. Names are unique and stable, so that resources can be compared from version to version. */
export interface Resources {
  version: string;
  listeners: Listener[];
  clusters: Cluster[];
  /** The environment variables that this Envoy needs. */
  secrets: SecretVariable[];
}

export interface CompileOptions {
  /** Another one each time that a running Envoy is given other resources, also where it had the same before. */
  version: string;
  wasm: WasmModule;
}

interface DraftListener {
  config: FilterConfig;
  /** Those of its policies. */
  secrets: Secrets;
  listener(governance: HttpFilter | undefined): Listener;
}

/** Compiles what a node's Envoy shall do. Pure: the same model gives the same resources. */
export function compile(model: Model, node: Resource<'Node'>, options: CompileOptions): Resources {
  const { version, wasm: module } = options;
  const drafts = [
    ...node.spec.inbound.map((entry) => draftInbound(model, node, entry)),
    ...node.spec.outbound.map((entry) => draftOutbound(model, node, entry)),
  ];
  const governed = drafts.filter(({ config: { targets } }) => targets.length > 0);
  const alone = governed.length === 1 ? version : undefined;
  const listeners = drafts.map((draft) =>
    draft.listener(
      governed.includes(draft) ? governanceFilter(draft.config, { module, secrets: draft.secrets, alone }) : undefined,
    ),
  );
  const configs = drafts.map(({ config }) => config);
  const clusters = [...clustersOf(model, node), ...keySetClusters(model, configs, node.spec)];
  return { version, listeners, clusters, secrets: Secrets.together(drafts.map(({ secrets }) => secrets)) };
}

type Inbound = Resource<'Node'>['spec']['inbound'][number];
type Outbound = Resource<'Node'>['spec']['outbound'][number];

function draftInbound(model: Model, node: Resource<'Node'>, { service: name, listen }: Inbound): DraftListener {
  const secrets = new Secrets();
  const service = serviceOf(model, node, name);
  const target = compileTarget(model, 'provider', service, service, secrets);
  const untrusted = untrustedHeaders(service.spec, node.spec);
  const host = virtualHost(keyOf(service), ['*'], inboundCluster(service, listen.port), untrusted);
  const at = { name: `inbound/${service.name}/${listen.port}`, side: 'provider' as const, listen };
  return {
    config: {
      side: 'provider',
      service: service.name,
      trustedHops: node.spec.trustedHops,
      targets: target ? [target] : [],
    },
    secrets,
    listener: (governance) => httpListener(at, node.spec, [host], governance),
  };
}

function draftOutbound(model: Model, node: Resource<'Node'>, entry: Outbound): DraftListener {
  const secrets = new Secrets();
  const caller = callerOf(model, node, entry);
  const services = reachable(model, caller);
  const targets = services.flatMap((service) => compileTarget(model, 'consumer', service, caller, secrets) ?? []);
  const taken = new Set<string>();
  const hosts = services.flatMap((service) => {
    const domains = domainsOf(service, caller).filter((domain) => !taken.has(domain));
    for (const domain of domains) taken.add(domain);
    if (domains.length === 0) return [];
    const untrusted = untrustedHeaders(service.spec, node.spec);
    return [virtualHost(keyOf(service), domains, outboundCluster(service), untrusted)];
  });
  const at = { name: `outbound/${caller.name}`, side: 'consumer' as const, listen: entry.listen };
  return {
    config: { side: 'consumer', service: caller.name, trustedHops: node.spec.trustedHops, targets },
    secrets,
    listener: (governance) => httpListener(at, node.spec, hosts, governance),
  };
}

/** Who is calling on an outbound listener. */
function callerOf(model: Model, node: Resource<'Node'>, { service }: Outbound): Resource<'Service'> {
  return serviceOf(model, node, service ?? node.spec.services[0] ?? '');
}

/** The registry gives an address only to whom it is open or granted: what is not given out does not appear. */
function reachable(model: Model, caller: Resource<'Service'>): Resource<'Service'>[] {
  return model
    .of('Service')
    .all.filter(
      ({ spec, namespace }) =>
        spec.registry === 'open' ||
        spec.grants.some(({ consumer }) => keyOf({ namespace, name: consumer }) === keyOf(caller)),
    );
}

/** The hosts under which a caller reaches a service; the short name only within its namespace. */
function domainsOf(service: Resource<'Service'>, caller: Resource<'Service'>): string[] {
  const short = service.namespace === caller.namespace ? [service.name] : [];
  const domains = [...short, `${service.name}.${service.namespace}`, ...service.spec.hosts];
  return [...new Set(domains.map((domain) => domain.toLowerCase()))];
}

function clustersOf(model: Model, node: Resource<'Node'>): Cluster[] {
  const inbound = node.spec.inbound.map(({ service: name, listen, to }) => {
    const service = serviceOf(model, node, name);
    return cluster(inboundCluster(service, listen.port), [to], protocolOf(service), node.spec);
  });
  const called = new Set(node.spec.outbound.flatMap((entry) => reachable(model, callerOf(model, node, entry))));
  const outbound = [...called].map((service) =>
    cluster(outboundCluster(service), service.spec.instances, protocolOf(service), node.spec),
  );
  return [...inbound, ...outbound];
}

function inboundCluster(service: Resource<'Service'>, port: number): string {
  return `inbound/${keyOf(service)}/${port}`;
}

function outboundCluster(service: Resource<'Service'>): string {
  return `outbound/${keyOf(service)}`;
}

function protocolOf(service: Resource<'Service'>) {
  return service.spec.ports[0]?.protocol ?? 'HTTP';
}

/** The model is checked: a node's services are there. */
function serviceOf(model: Model, node: Resource<'Node'>, name: string): Resource<'Service'> {
  const found = model.of('Service').get(node.namespace, name);
  if (!found) throw new Error(`node ${node.name} names the service ${name}, which a checked model always has`);
  return found;
}
