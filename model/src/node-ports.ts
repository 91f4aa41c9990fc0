import type { Collection } from './collection.js';
import { type Mistake, mistake } from './mistake.js';
import { didYouMean } from './near-word.js';
import { keyOf, type Path, type ResourceOf } from './resource.js';
import { portOf, type ServiceResource } from './service.js';

interface Callee {
  service: string;
  namespace?: string | undefined;
  port?: string | number | undefined;
}

/** What of a node's specification names ports of services. */
interface Ports {
  services: string[];
  inbound: { service: string; port?: string | number | undefined }[];
  outbound: { service?: string | undefined; to?: Callee | undefined }[];
}
type NodeResource = ResourceOf<'Node', Ports>;

/** Ports that a service does not have, and TCP listeners to what is none or is not given to the caller. */
export function portMistakes(node: NodeResource, services: Collection<ServiceResource>): Mistake[] {
  const { inbound, outbound } = node.spec;
  return [
    ...inbound.flatMap(({ service, port }, index) => {
      const found = services.get(node.namespace, service);
      return found ? unknownPort(node, ['spec', 'inbound', index, 'port'], found, port) : [];
    }),
    ...outbound.flatMap((entry, index) => {
      const path = outbound.length > 1 ? ['spec', 'outbound', index] : ['spec', 'outbound'];
      return entry.to ? calleeMistakes(node, [...path, 'to'], { ...entry, to: entry.to }, services) : [];
    }),
  ];
}

function calleeMistakes(
  node: NodeResource,
  path: Path,
  { service: caller = node.spec.services[0] ?? '', to }: { service?: string | undefined; to: Callee },
  services: Collection<ServiceResource>,
): Mistake[] {
  const found = services.get(to.namespace ?? node.namespace, to.service);
  if (!found) return [];
  const unknown = unknownPort(node, [...path, 'port'], found, to.port);
  if (unknown.length > 0) return unknown;
  const port = calledPort(found.spec, to.port);
  if (port?.protocol !== 'TCP') {
    const message = `${to.port === undefined ? `Service "${found.name}" has no port for plain TCP` : `the port "${port?.name}" of Service "${found.name}" is ${port?.protocol}`}: it is called through an outbound listener without \`to\`, which finds it by the Host`;
    return [mistake(node, to.port === undefined ? path : [...path, 'port'], message)];
  }
  if (isGiven(found, { namespace: node.namespace, name: caller })) return [];
  const message = `Service "${found.name}" is granted-only and has no grant for "${caller}": write one there, grants: [{consumer: ${caller}}]`;
  return [mistake(node, [...path, 'service'], message)];
}

/** The port that a TCP listener leads to; where none is named, the first for plain TCP. */
export function calledPort({ ports }: Pick<ServiceResource['spec'], 'ports'>, named: string | number | undefined) {
  return named === undefined ? ports.find(({ protocol }) => protocol === 'TCP') : portOf({ ports }, named);
}

/** The registry gives an address only to whom it is open or granted. */
export function isGiven({ spec, namespace }: ServiceResource, caller: { namespace: string; name: string }): boolean {
  return (
    spec.registry === 'open' ||
    spec.grants.some(({ consumer }) => keyOf({ namespace, name: consumer }) === keyOf(caller))
  );
}

function unknownPort(
  node: NodeResource,
  path: Path,
  service: ServiceResource,
  named: string | number | undefined,
): Mistake[] {
  if (portOf(service.spec, named)) return [];
  const names = service.spec.ports.map(({ name }) => name);
  const hint = didYouMean(String(named), names) || `, which has: ${names.join(', ')}`;
  return [mistake(node, path, `"${named}" is not a port of Service "${service.name}"${hint}`)];
}
