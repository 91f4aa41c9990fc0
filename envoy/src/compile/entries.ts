import { isIP } from 'node:net';
import { endpointPort, isExported, type Model, onceFor, type Resource, selectedInstances } from '@tollgate/model';
import type { Callee, Instance } from './callee.js';

type Entry = Resource<'ServiceEntry'>;

/** The hosts of entries that callers of a namespace may know: first those of entries in it. */
export function entriesFor(model: Model, callerNamespace: string): Callee[] {
  const entries = model.of('ServiceEntry').all.filter((entry) => isExported(entry, callerNamespace));
  const isOwn = ({ namespace }: Entry) => namespace === callerNamespace;
  return [...entries.filter(isOwn), ...entries.filter((entry) => !isOwn(entry))].flatMap((entry) =>
    calleesOfEntries(model)(entry),
  );
}

/** What an entry selects depends on the whole model. Each host is a callee of its own: without endpoints Envoy resolves it itself. */
const calleesOfEntries = onceFor((model: Model) =>
  onceFor((entry: Entry): Callee[] => {
    const { namespace, name, spec } = entry;
    return spec.hosts.map((host) => ({
      key: `${namespace}/${name}/${host}`,
      namespace,
      domains: [host, ...spec.addresses.map(asHost)],
      ports: spec.ports,
      instances: instancesOf(entry, host, model),
      entry,
    }));
  }),
);

function instancesOf(entry: Entry, host: string, model: Model): Instance[] {
  const { endpoints, ports, workloadSelector } = entry.spec;
  if (workloadSelector)
    return selectedInstances(entry, model.of('Service').all).map((instance) => ({
      ...instance,
      ports: portsOf(ports.map((port) => [port.name, port.targetPort ?? instance.ports[port.name] ?? instance.port])),
    }));
  const given = endpoints.length > 0 ? endpoints : [{ address: host, ports: {}, labels: {}, weight: 1 }];
  return given.map((endpoint) => {
    const numbers = ports.map((port): [string, number] => [port.name, endpointPort(port, endpoint)]);
    const { address, labels, weight } = endpoint;
    const zone = 'locality' in endpoint ? endpoint.locality : undefined;
    return {
      address,
      port: numbers[0]?.[1] ?? 0,
      ports: portsOf(numbers),
      labels,
      weight: weight || 1,
      ...(zone === undefined ? {} : { zone }),
    };
  });
}

const portsOf = (numbers: [string, number][]): Record<string, number> => Object.fromEntries(numbers);

/** As it stands in a Host. */
const asHost = (address: string) => (isIP(address) === 6 ? `[${address}]` : address);
