import {
  egressOf,
  hostsOf,
  importedHosts,
  isGiven,
  isReached,
  keyOf,
  type Model,
  onceFor,
  type Resource,
} from '@tollgate/model';
import type { Callee, CalleePort } from './callee.js';
import { entriesFor } from './entries.js';
import { Kept } from './kept.js';

export type { Callee, CalleePort, Instance } from './callee.js';

/** What a service may call: Services, then hosts of entries, each in order of namespace/name. */
export function calleesOf(model: Model, caller: Resource<'Service'>): readonly Callee[] {
  const parts = [model.of('ServiceEntry'), model.of('Sidecar')];
  return keptCallees.of(model.of('Service'), caller, parts, () => makeCallees(model, caller));
}

const keptCallees = new Kept<readonly Callee[]>();

function makeCallees(model: Model, caller: Resource<'Service'>): Callee[] {
  const egress = egressOf(model.of('Sidecar'), caller);
  const services = reachable(model, caller)
    .filter((service) => isReached(egress, service.namespace, importedHosts(service)))
    .map((service) => calleeOf(service, caller.namespace));
  const entries = entriesFor(model, caller.namespace).filter(({ namespace, domains: [host = ''] }) =>
    isReached(egress, namespace, [host]),
  );
  return [...services, ...entries];
}

/** What is called by HTTP, and the hosts that lead to it and to nothing before it: Envoy takes each once. */
interface NamedCallee {
  callee: Callee;
  domains: string[];
}

export const namedCallees = onceFor((callees: readonly Callee[]): readonly NamedCallee[] => {
  const taken = new Set<string>();
  return callees.flatMap((callee): NamedCallee[] => {
    if (!callee.ports.some(isHttp)) return [];
    const domains = callee.domains.filter((domain) => !taken.has(domain));
    for (const domain of domains) taken.add(domain);
    if (domains.length === 0) return [];
    return [{ callee, domains: domains.length === callee.domains.length ? callee.domains : domains }];
  });
});

/** Whether calls to a port are looked into. */
export function isHttp({ protocol }: CalleePort): boolean {
  return ['HTTP', 'HTTP2', 'GRPC'].includes(protocol);
}

/** Whether connections to a port begin with TLS, which tells whom they are for. */
export function isTls({ protocol }: CalleePort): boolean {
  return protocol === 'HTTPS' || protocol === 'TLS';
}

/** The registry gives an address only to whom it is open or granted: what is not given out does not appear. */
function reachable(model: Model, caller: Resource<'Service'>): Resource<'Service'>[] {
  return model.of('Service').all.filter((service) => isGiven(service, caller));
}

const known = new WeakMap<Resource<'Service'>, Map<string, Callee>>();

/** The same object for the same service and namespace, so that what is made of it can be kept by it. */
function calleeOf(service: Resource<'Service'>, callerNamespace: string): Callee {
  const byNamespace = known.get(service) ?? new Map<string, Callee>();
  known.set(service, byNamespace);
  const found = byNamespace.get(callerNamespace);
  if (found) return found;
  const { namespace, name, spec } = service;
  const short = namespace === callerNamespace ? [name.toLowerCase()] : [];
  const callee: Callee = {
    key: keyOf(service),
    namespace,
    domains: [...new Set([...short, ...hostsOf(service)])],
    ports: spec.ports.map(({ name, port, protocol }) => ({ name, number: port, protocol })),
    instances: spec.instances,
    service,
  };
  byNamespace.set(callerNamespace, callee);
  return callee;
}

/** The cluster of the instances of a callee, or of a subset of them, at one of its ports. */
export function clusterName({ key }: Pick<Callee, 'key'>, port: { number: number }, subset?: string): string {
  return `outbound/${key}/${port.number}${subset === undefined ? '' : `/${subset}`}`;
}
