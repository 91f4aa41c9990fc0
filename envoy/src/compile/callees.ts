import { hostsOf, keyOf, type Model, type Protocol, type Resource, type ServiceSpec } from '@tollgate/model';

export type Instance = ServiceSpec['instances'][number];

/** What a caller reaches by a host name. */
export interface Callee {
  /** `NAMESPACE/NAME`: the name of its virtual host, by which the filters know what is called. */
  key: string;
  namespace: string;
  /** The hosts by which this caller reaches it, in lower case. */
  domains: string[];
  /** The first is taken where the Host names none, or none of these. */
  ports: CalleePort[];
  instances: readonly Instance[];
  service: Resource<'Service'>;
}

export interface CalleePort {
  name: string;
  number: number;
  protocol: Protocol;
}

/** What a service may call, in order of namespace/name. */
export function calleesOf(model: Model, caller: Resource<'Service'>): Callee[] {
  return reachable(model, caller).map((service) => calleeOf(service, caller.namespace));
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
