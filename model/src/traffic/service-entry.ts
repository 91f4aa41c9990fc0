import { isIP } from 'node:net';
import type { z } from 'zod';
import type { Collection } from '../collection.js';
import { networkingVersions } from '../istio.js';
import { kind, type Lookup } from '../kind.js';
import { type Mistake, mistake, warning } from '../mistake.js';
import { node } from '../node.js';
import type { Path, ResourceOf } from '../resource.js';
import { service } from '../service.js';
import { hostsOf } from './hosts.js';
import { hasLabels } from './labels.js';
import { ownAddress } from './own-address.js';
import { type EntryEndpoint, type EntryFields, entryFields, isHostName } from './service-entry-schema.js';

/** Hosts that are no Service of ours: out in the world, or of the mesh and not in its registry. */
const spec = entryFields.superRefine((entry, context) => {
  for (const [path, message] of [...sourceProblems(entry), ...endpointProblems(entry), ...addressProblems(entry)])
    context.addIssue({ code: 'custom', path: [...path], message });
});
export type ServiceEntrySpec = z.output<typeof spec>;
export type ServiceEntryResource = ResourceOf<'ServiceEntry', ServiceEntrySpec>;

type Problem = [path: Path, message: string];

/** Where its endpoints come from: exactly one place, which its resolution can read. */
function sourceProblems({ resolution, endpoints, workloadSelector, location, hosts }: EntryFields): Problem[] {
  if (workloadSelector) {
    if (endpoints.length > 0) return [[['workloadSelector'], 'write only one of `endpoints` and `workloadSelector`']];
    if (location === 'MESH_EXTERNAL')
      return [[['workloadSelector'], 'selects instances of the mesh: write `location: MESH_INTERNAL`']];
    if (resolution !== 'STATIC')
      return [[['resolution'], 'must be STATIC where a workloadSelector names the endpoints']];
    return [];
  }
  if (resolution === 'STATIC')
    return endpoints.length > 0 ? [] : [[['endpoints'], 'is required with `resolution: STATIC`, write at least one']];
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1)
    return [[['endpoints'], 'may have only one with `resolution: DNS_ROUND_ROBIN`, write DNS for several']];
  if (endpoints.length > 0) return [];
  return hosts.flatMap((host, index): Problem[] =>
    isHostName(host)
      ? []
      : [[['hosts', index], `"${host}" is no name that can be resolved, write the endpoints to which its calls go`]],
  );
}

function endpointProblems({ resolution, endpoints, ports }: EntryFields): Problem[] {
  const names = ports.map(({ name }) => name);
  return endpoints.flatMap((endpoint, index): Problem[] => [
    ...(resolution === 'STATIC' && isIP(endpoint.address) === 0
      ? [
          [
            ['endpoints', index, 'address'],
            `"${endpoint.address}" is a name: write \`resolution: DNS\`, or an IP address`,
          ] as Problem,
        ]
      : []),
    ...Object.keys(endpoint.ports)
      .filter((name) => !names.includes(name))
      .map(
        (name): Problem => [
          ['endpoints', index, 'ports', name],
          `this entry has no port "${name}", write one of ${names.join(', ')}`,
        ],
      ),
  ]);
}

/** Nobody may be led to what trusts its own machine or link by a document that speaks of others. */
function addressProblems({ location, hosts, endpoints, workloadSelector }: EntryFields): Problem[] {
  const named: [Path, string][] =
    endpoints.length > 0 || workloadSelector
      ? endpoints.map(({ address }, index) => [['endpoints', index, 'address'], address])
      : hosts.map((host, index) => [['hosts', index], host]);
  return named.flatMap(([path, address]): Problem[] => {
    const own = ownAddress(address);
    if (own === undefined || (own === 'loopback' && location === 'MESH_INTERNAL')) return [];
    const instead =
      own === 'loopback'
        ? 'write the address of another machine, or `location: MESH_INTERNAL` for a service on this one'
        : 'write the address of another machine';
    return [[path, `"${address}" is ${ownName[own]}, to which no call may be led: ${instead}`]];
  });
}

const ownName = {
  loopback: 'a loopback address',
  'link-local': 'a link-local address',
  unspecified: 'no machine’s address',
};

/** Istio's kinds keep Istio's schema, and so its versions. */
export const serviceEntry = kind({
  kind: 'ServiceEntry',
  apiVersions: networkingVersions,
  spec,
  check: (entries, lookup) => [
    ...entries.all.flatMap((entry) => adminMistakes(entry, lookup)),
    ...hiddenHosts(entries, lookup),
    ...entries.all.flatMap((entry) => nothingSelected(entry, lookup)),
  ],
});

/** The port at which an endpoint takes the calls to a port of its entry. */
export function endpointPort(port: ServiceEntrySpec['ports'][number], { ports }: Pick<EntryEndpoint, 'ports'>): number {
  return ports[port.name] ?? port.targetPort ?? port.number;
}

/** Whoever reaches an admin interface can stop its Envoy and read all that it was told. */
function adminMistakes(entry: ServiceEntryResource, lookup: Lookup): Mistake[] {
  const { hosts, endpoints, ports } = entry.spec;
  const named = endpoints.length > 0 ? endpoints : hosts.map((address) => ({ address, ports: {} }));
  const field = endpoints.length > 0 ? 'endpoints' : 'hosts';
  const admins = new Map(
    lookup.of(node).all.flatMap(({ name, spec }) => (spec.admin ? [[spec.admin.port, name]] : [])),
  );
  return named.flatMap((endpoint, index) => {
    if (ownAddress(endpoint.address) !== 'loopback') return [];
    return ports.flatMap((port) => {
      const number = endpointPort(port, endpoint);
      const admin = admins.get(number);
      if (admin === undefined) return [];
      const message = `leads to port ${number}, the admin interface of node "${admin}": choose another port`;
      return [mistake(entry, ['spec', field, index], message)];
    });
  });
}

/** Hosts that lead elsewhere: to a Service, or to an entry that comes before this one. */
function hiddenHosts(entries: Collection<ServiceEntryResource>, lookup: Lookup): Mistake[] {
  const services = new Map(lookup.of(service).all.flatMap((each) => hostsOf(each).map((host) => [host, each.name])));
  const taken = new Map<string, string>();
  return entries.all.flatMap((entry) =>
    entry.spec.hosts.flatMap((host, index) => {
      const path = ['spec', 'hosts', index];
      const owner = services.get(host);
      if (owner !== undefined)
        return [warning(entry, path, `"${host}" leads to Service "${owner}", not to this entry`)];
      const key = `${entry.namespace}/${host}`;
      const other = taken.get(key);
      taken.set(key, other ?? entry.name);
      if (other === undefined) return [];
      return [warning(entry, path, `"${host}" leads to ServiceEntry "${other}", not to this entry`)];
    }),
  );
}

function nothingSelected(entry: ServiceEntryResource, lookup: Lookup): Mistake[] {
  const { workloadSelector } = entry.spec;
  if (!workloadSelector || selectedInstances(entry, lookup.of(service).all).length > 0) return [];
  const message = `selects no instance of an open Service in namespace ${entry.namespace}, so calls get 503`;
  return [warning(entry, ['spec', 'workloadSelector'], message)];
}

type Services = readonly { namespace: string; labels: Record<string, string>; spec: z.output<typeof service.spec> }[];

/**
 * The instances with the labels that an entry selects: their own, or those of their Service. Those of Services that are
 * granted by name are not given out on this way.
 */
export function selectedInstances({ namespace, spec: { workloadSelector } }: ServiceEntryResource, services: Services) {
  if (!workloadSelector) return [];
  return services
    .filter((each) => each.namespace === namespace && each.spec.registry === 'open')
    .flatMap(({ labels, spec }) =>
      spec.instances.filter((instance) => hasLabels({ ...labels, ...instance.labels }, workloadSelector.labels)),
    );
}
