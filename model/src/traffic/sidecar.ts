import { z } from 'zod';
import type { Collection } from '../collection.js';
import { networkingVersions, rootNamespace } from '../istio.js';
import { kind, type Lookup } from '../kind.js';
import { type Mistake, mistake, warning } from '../mistake.js';
import type { Path, ResourceOf } from '../resource.js';
import { later, laterField, object, oneOf, written } from '../schema.js';
import { type ServiceResource, service } from '../service.js';
import { type EgressHost, isImported, parseEgressHost } from './egress-host.js';
import { hiddenCallees } from './hidden-callees.js';
import { hostsOf } from './hosts.js';
import { hasLabels } from './labels.js';
import { serviceEntry } from './service-entry.js';
import { workloadSelector } from './workload-selector.js';

// Istio's own schema, as far as this build does what it says: https://istio.io/latest/docs/reference/config/networking/sidecar/

const egressHost = z.string(written('namespace/host, for example ./*')).transform((text, context) => {
  const parsed = parseEgressHost(text);
  if (parsed) return parsed;
  const message = `"${text}" is not namespace/host, write for example ./*, production/* or */api.example.com`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const captureMode = later(oneOf('DEFAULT', 'NONE', 'IPTABLES'), (word) =>
  word === 'IPTABLES' ? 'captureMode IPTABLES (it needs transparent interception)' : undefined,
);

const egress = object({
  hosts: z.array(egressHost).min(1),
  /** Nothing is captured yet: applications name the listener that their node has. */
  captureMode: captureMode.optional(),
  port: laterField('port (a Node’s outbound says where it listens)'),
  bind: laterField('bind (a Node’s outbound says where it listens)'),
});

const outboundTrafficPolicy = object({
  mode: later(oneOf('REGISTRY_ONLY', 'ALLOW_ANY'), (word) =>
    word === 'ALLOW_ANY' ? 'mode ALLOW_ANY (it needs transparent interception; write a ServiceEntry)' : undefined,
  ).default('REGISTRY_ONLY'),
  egressProxy: laterField('egressProxy (it takes what ALLOW_ANY lets out)'),
});

const spec = object({
  workloadSelector: workloadSelector.optional(),
  egress: z
    .array(egress)
    .max(1, 'has a second item without a port, so the first would never be asked: write all hosts in one')
    .default([]),
  outboundTrafficPolicy: outboundTrafficPolicy.optional(),
  ingress: laterField('ingress (a Node’s inbound says what it takes)'),
  inboundConnectionPool: laterField('inboundConnectionPool (a RateLimitPolicy can limit calls in flight)'),
});
export type SidecarSpec = z.output<typeof spec>;
export type SidecarResource = ResourceOf<'Sidecar', SidecarSpec>;

/** What the services that it selects may call. */
export const sidecar = kind({
  kind: 'Sidecar',
  apiVersions: networkingVersions,
  spec: spec.prefault({}),
  check: (sidecars, lookup) => [
    ...sidecars.all.flatMap((each) => selectorMistakes(each, lookup)),
    ...secondDefaults(sidecars),
    ...contested(sidecars, lookup),
    ...unknownHosts(sidecars, lookup),
    ...hiddenCallees(lookup, (caller, callee) =>
      isReached(egressOf(sidecars, caller), callee.namespace, importedHosts(callee)),
    ),
  ],
});

type Workload = Pick<ServiceResource, 'namespace' | 'labels'>;

/** The Sidecars that speak of a service, the first of which decides: with a selector, of its namespace, of all namespaces. */
function sidecarsOf(sidecars: Collection<SidecarResource>, { namespace, labels }: Workload): SidecarResource[] {
  const own = sidecars.inNamespace(namespace);
  const selecting = own.filter(({ spec }) => spec.workloadSelector && hasLabels(labels, spec.workloadSelector.labels));
  const defaults = [...own, ...sidecars.inNamespace(rootNamespace)].filter(({ spec }) => !spec.workloadSelector);
  return [...selecting, ...defaults];
}

/** What a service may call, or undefined where nothing limits it. Where the first Sidecar says nothing, the next one does. */
export function egressOf(sidecars: Collection<SidecarResource>, caller: Workload): Egress | undefined {
  const speaking = sidecarsOf(sidecars, caller).find(({ spec }) => spec.egress.length > 0);
  if (!speaking) return undefined;
  return { namespace: speaking.namespace, hosts: speaking.spec.egress.flatMap(({ hosts }) => hosts) };
}

export interface Egress {
  /** Of the Sidecar. */
  namespace: string;
  hosts: EgressHost[];
}

/** Whether a service or an entry with these hosts is among what a Sidecar lets its services call. */
export function isReached(egress: Egress | undefined, namespace: string, hosts: readonly string[]): boolean {
  return egress === undefined || isImported(egress.hosts, egress.namespace, namespace, hosts);
}

function selectorMistakes(sidecar: SidecarResource, lookup: Lookup): Mistake[] {
  const { namespace, spec } = sidecar;
  if (!spec.workloadSelector) return [];
  const path = ['spec', 'workloadSelector'];
  if (namespace === rootNamespace)
    return [mistake(sidecar, path, `must not stand in ${namespace}: what is for every namespace selects nothing`)];
  const selector = spec.workloadSelector;
  const services = lookup.of(service).inNamespace(namespace);
  if (services.some(({ labels }) => hasLabels(labels, selector.labels))) return [];
  return [warning(sidecar, path, `no Service in namespace ${namespace} has these labels`)];
}

function secondDefaults(sidecars: Collection<SidecarResource>): Mistake[] {
  const first = new Map<string, SidecarResource>();
  return sidecars.all.flatMap((sidecar) => {
    if (sidecar.spec.workloadSelector) return [];
    const other = first.get(sidecar.namespace);
    first.set(sidecar.namespace, other ?? sidecar);
    if (!other) return [];
    const message = `has no workloadSelector, as Sidecar "${other.name}" in the same namespace: a namespace has one such`;
    return [mistake(sidecar, ['spec'], message)];
  });
}

/** Two that select one service: only the first by name is asked. */
function contested(sidecars: Collection<SidecarResource>, lookup: Lookup): Mistake[] {
  const told = new Set<SidecarResource>();
  return lookup.of(service).all.flatMap((workload) => {
    const [first, ...others] = sidecarsOf(sidecars, workload).filter(({ spec }) => spec.workloadSelector);
    return others.flatMap((other) => {
      if (told.has(other) || !first) return [];
      told.add(other);
      const message = `also selects Service "${workload.name}", for which Sidecar "${first.name}" decides`;
      return [warning(other, ['spec', 'workloadSelector'], message)];
    });
  });
}

/** Hosts and namespaces that nothing has: usually misspelt, or of a cluster that is not this one. */
function unknownHosts(sidecars: Collection<SidecarResource>, lookup: Lookup): Mistake[] {
  if (sidecars.all.length === 0) return [];
  const all = [
    ...lookup.of(service).all.map((each) => ({ namespace: each.namespace, hosts: importedHosts(each) })),
    ...lookup.of(serviceEntry).all.map(({ namespace, spec: { hosts } }) => ({ namespace, hosts })),
  ];
  const namespaces = new Set(all.map(({ namespace }) => namespace));
  const exact = new Set(all.flatMap(({ namespace, hosts }) => hosts.flatMap((host) => [host, `${namespace}/${host}`])));
  const found = ({ namespace, name }: EgressHost, own: string) => {
    if (namespace === '*' ? exact.has(name) : exact.has(`${namespace === '.' ? own : namespace}/${name}`)) return true;
    const included = [{ namespace, name, excluded: false }];
    return name.startsWith('*') && all.some((each) => isImported(included, own, each.namespace, each.hosts));
  };
  return sidecars.all.flatMap((sidecar) =>
    sidecar.spec.egress.flatMap(({ hosts }, item) =>
      hosts.flatMap((host, index): Mistake[] => {
        const path: Path = ['spec', 'egress', item, 'hosts', index];
        const { namespace, name } = host;
        if (!['*', '.', sidecar.namespace].includes(namespace) && !namespaces.has(namespace))
          return [warning(sidecar, path, `there is neither a Service nor a ServiceEntry in namespace ${namespace}`)];
        if (name === '*' || found(host, sidecar.namespace)) return [];
        return [warning(sidecar, path, `there is neither a Service nor a ServiceEntry with the host "${name}"`)];
      }),
    ),
  );
}

/** The hosts by which a Sidecar may name a service. */
export function importedHosts(each: ServiceResource): string[] {
  return [...hostsOf(each), each.name.toLowerCase()];
}
