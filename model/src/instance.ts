import { isIP } from 'node:net';
import { z } from 'zod';
import { addressAdvice } from './address-spelling.js';
import { type Mistake, warning } from './mistake.js';
import { didYouMean } from './near-word.js';
import type { ResourceOf } from './resource.js';
import { name, port, zone } from './scalars.js';
import { object } from './schema.js';

/** An address is taken literally; a host name is resolved by Envoy. */
const isHostName = (text: string) => /^[A-Za-z0-9_.-]{1,253}$/.test(text);
const address = z.string().refine((text) => isHostName(text) || (isIP(text) !== 0 && !text.includes('%')), {
  error: ({ input }) => {
    const advice = addressAdvice(String(input), isHostName);
    return `is neither an IP address nor a host name, ${advice ?? 'write for example 10.0.0.1 or vendors.internal'}`;
  },
});

/** Where callers connect. */
export const instance = object({
  address,
  /** Of the service's first port. */
  port: port.optional(),
  /** By the names of the service's ports. */
  ports: z.record(name, port).default({}),
  labels: z.record(z.string(), z.string()).default({}),
  weight: z.int().min(1).max(10_000).default(1),
  zone: zone.optional(),
});
type Written = z.output<typeof instance>;
export type Instance = Written & { port: number };

interface ServicePort {
  name: string;
  protocol: string;
}

/** Ports that a proxy or an application may have on one socket: HTTP/1.1, HTTP/2 and plain TCP are told apart by theirs. */
function alike({ protocol }: ServicePort, first: ServicePort | undefined): boolean {
  const kindOf = (word: string | undefined) => (word === 'GRPC' ? 'HTTP2' : word);
  return protocol !== 'TCP' && kindOf(protocol) === kindOf(first?.protocol);
}

/** The number of the first port stands in both places, wherever it was written; those that are alike and have none share it. */
export function withPorts<Spec extends { ports: ServicePort[]; instances: Written[] }>(
  spec: Spec,
  context: z.RefinementCtx,
): Omit<Spec, 'instances'> & { instances: Instance[] } {
  const first = spec.ports[0]?.name ?? '';
  const instances = spec.instances.map((written, index) => {
    const { port = written.ports[first], ports } = written;
    const refuse = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path: ['instances', index, ...path], message });
    for (const named of Object.keys(ports)) {
      const known = spec.ports.map(({ name }) => name);
      if (!known.includes(named))
        refuse(
          ['ports', named],
          `"${named}" is not a port of the service${didYouMean(named, known) || `: ${known.join(', ')}`}`,
        );
    }
    if (port === undefined)
      refuse([], `has no number for the service's first port, write port or ports: {${first}: 8080}`);
    if (port !== undefined && (ports[first] ?? port) !== port)
      refuse(['ports', first], `is ${ports[first]}, and port is ${port}: both are the first port, write one of them`);
    const shared = spec.ports.filter((each) => alike(each, spec.ports[0])).map(({ name }) => [name, port ?? 0]);
    return { ...written, port: port ?? 0, ports: { [first]: port ?? 0, ...Object.fromEntries(shared), ...ports } };
  });
  return { ...spec, instances };
}

type Service = ResourceOf<'Service', { ports: ServicePort[]; instances: Instance[] }>;

/** Ports at which there are instances of the service and none can be reached. */
export function emptyPorts(service: Service): Mistake[] {
  const { ports, instances } = service.spec;
  if (instances.length === 0) return [];
  return ports.flatMap(({ name }, index) =>
    instances.some((instance) => instance.ports[name] !== undefined)
      ? []
      : [
          warning(
            service,
            ['spec', 'ports', index],
            `no instance says where its port "${name}" is, so calls to it find none: write ports: {${name}: 8080} there`,
          ),
        ],
  );
}
