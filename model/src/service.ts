import { isIP } from 'node:net';
import { z } from 'zod';
import { addressAdvice } from './address-spelling.js';
import type { Collection } from './collection.js';
import { apiVersion, kind } from './kind.js';
import { type Mistake, mistake } from './mistake.js';
import type { ResourceOf } from './resource.js';
import { name, plainText, port } from './scalars.js';
import { later, object, oneOf, unique } from './schema.js';
import { impliedHosts } from './traffic/hosts.js';

const protocol = later(oneOf('HTTP', 'HTTP2', 'GRPC', 'TCP'), (word) =>
  word === 'TCP' ? 'plain TCP (protocol: TCP)' : undefined,
);

const servicePort = object({ name, port, protocol: protocol.default('HTTP') });

/** An address is taken literally; a host name is resolved by Envoy. */
const isHostName = (text: string) => /^[A-Za-z0-9_.-]{1,253}$/.test(text);
const address = z.string().refine((text) => isHostName(text) || (isIP(text) !== 0 && !text.includes('%')), {
  error: ({ input }) => {
    const advice = addressAdvice(String(input), isHostName);
    return `is neither an IP address nor a host name, ${advice ?? 'write for example 10.0.0.1 or vendors.internal'}`;
  },
});

const instance = object({
  address,
  port,
  labels: z.record(z.string(), z.string()).default({}),
  weight: z.int().min(1).max(10_000).default(1),
  zone: plainText.optional(),
});

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
  ports: unique(z.array(servicePort).min(1), 'name', (item) => item.name)
    .default([{ name: 'http', port: 80, protocol: 'HTTP' }])
    .superRefine((ports, context) => {
      const other = ports.findIndex((item) => isHttp2(item.protocol) !== isHttp2(ports[0]?.protocol ?? 'HTTP'));
      if (other > 0)
        context.addIssue({
          code: 'custom',
          path: [other, 'protocol'],
          message: 'ports of different HTTP versions in one service are not in this release yet',
        });
    }),
  instances: z.array(instance).default([]),
  registry: oneOf('open', 'granted-only').default('open'),
  grants: z.array(object({ consumer: name })).default([]),
  paths: paths.prefault({}),
  trustHeaders: z.array(steeringHeader).default([]),
});
export type ServiceSpec = z.output<typeof spec>;
export type ServiceResource = ResourceOf<'Service', ServiceSpec>;
export type Protocol = z.output<typeof protocol>;

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
  check: sharedHosts,
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
