import { z } from 'zod';
import type { Collection } from './collection.js';
import { checkedPorts, healthCheck } from './health-check.js';
import { emptyPorts, instance, withPorts } from './instance.js';
import { apiVersion, kind } from './kind.js';
import { type Mistake, mistake } from './mistake.js';
import type { ResourceOf } from './resource.js';
import { name, port } from './scalars.js';
import { object, oneOf, unique } from './schema.js';
import { impliedHosts } from './traffic/hosts.js';

const protocol = oneOf('HTTP', 'HTTP2', 'GRPC', 'TCP');

const servicePort = object({ name, port, protocol: protocol.default('HTTP') });
export type ServicePort = z.output<typeof servicePort>;

const ports = unique(
  unique(z.array(servicePort).min(1), 'name', (item) => item.name),
  'port',
  (item) => String(item.port),
).default([{ name: 'http', port: 80, protocol: 'HTTP' }]);

/** Host names that callers may write; Envoy compares them without port and in lower case. */
const hostName = z
  .string()
  .regex(/^(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'is not a host name, write for example vendors.example.com')
  .transform((text) => text.toLowerCase());

/** How the application reads paths: rules and limits take for one path what it does. */
const paths = object({
  caseSensitive: z.boolean().default(true),
  trailingSlash: oneOf('exact', 'ignored').default('exact'),
});
export type PathReading = z.output<typeof paths>;

/** Headers that frameworks obey over the request itself: a caller who may send them chooses path, method or host anew behind every rule. */
export const steeringHeaders = [
  'x-original-url',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-forwarded-host',
] as const;
export type SteeringHeader = (typeof steeringHeaders)[number];

const steeringHeader = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(oneOf(...steeringHeaders));

/** What exists: a service, its ports and, without a registry, its instances. */
const spec = object({
  hosts: z.array(hostName).default([]),
  ports,
  instances: z.array(instance).default([]),
  registry: oneOf('open', 'granted-only').default('open'),
  grants: z.array(object({ consumer: name })).default([]),
  paths: paths.prefault({}),
  trustHeaders: z.array(steeringHeader).default([]),
  healthCheck: healthCheck.optional(),
  /** Left out: in turn, by weight. */
  balance: oneOf('latency').optional(),
})
  .superRefine(checkedPorts)
  .transform(withPorts);
export type ServiceSpec = z.output<typeof spec>;
export type ServiceResource = ResourceOf<'Service', ServiceSpec>;
export type Protocol = z.output<typeof protocol>;

/** The port of that name or number; the first where none is named. */
export function portOf(
  { ports }: Pick<ServiceSpec, 'ports'>,
  named: string | number | undefined,
): ServicePort | undefined {
  if (named === undefined) return ports[0];
  return ports.find(({ name, port }) => named === name || named === port);
}

/** Whether nothing but connections is known of what a service is asked. */
export function isPlainTcp({ ports }: Pick<ServiceSpec, 'ports'>): boolean {
  return ports.every(({ protocol }) => protocol === 'TCP');
}

export function isHttp2(word: Protocol): boolean {
  return word === 'HTTP2' || word === 'GRPC';
}

export const service = kind({
  kind: 'Service',
  apiVersions: [apiVersion],
  spec: spec.prefault({}),
  references: ({ spec: { grants } }) =>
    grants.map(({ consumer }, index) => ({
      path: ['spec', 'grants', index, 'consumer'],
      kind: 'Service',
      name: consumer,
    })),
  identities: ({ name }) => ({ names: [name] }),
  check: (services) => [...sharedHosts(services), ...services.all.flatMap(emptyPorts)],
});

/** A host name leads to one service; those that it has by its name and namespace count. */
function sharedHosts(services: Collection<ServiceResource>): Mistake[] {
  const named = new Map(
    services.all.flatMap((service) => namesOf(service).map((name): [string, ServiceResource] => [name, service])),
  );
  const written = new Map<string, ServiceResource>();
  return services.all.flatMap((service) =>
    service.spec.hosts.flatMap((host, index) => {
      const other = named.get(`${service.namespace}/${host}`) ?? named.get(host);
      const owner = written.get(host) ?? (other === service ? undefined : other);
      written.set(host, service);
      if (!owner) return [];
      return [mistake(service, ['spec', 'hosts', index], `"${host}" already leads to Service "${owner.name}"`)];
    }),
  );
}

/** The short one leads to it within its namespace only. */
function namesOf({ namespace, name }: ServiceResource): string[] {
  const short = name.toLowerCase();
  return [`${namespace}/${short}`, ...impliedHosts({ namespace, name })];
}
