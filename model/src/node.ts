import { z } from 'zod';
import { trustedHopsMax } from './bounds.js';
import { apiVersion, kind, type Reference } from './kind.js';
import { type Mistake, mistake } from './mistake.js';
import { didYouMean } from './near-word.js';
import { portMistakes } from './node-ports.js';
import { instancesPastProxies, takenSockets } from './node-sockets.js';
import type { Path, ResourceOf } from './resource.js';
import { duration, ipAddress, name, port, positiveDuration, size, zone } from './scalars.js';
import { object, oneOf } from './schema.js';
import { service } from './service.js';

const socket = object({ address: ipAddress, port });
export type Socket = z.output<typeof socket>;

/** A port of a service: its name, or its number there. */
const portOfService = z.union([name, port], {
  error: (issue) => (issue.code === 'invalid_union' ? 'write the name of a port of the service' : undefined),
});

const inbound = object({ service: name, port: portOfService.optional(), listen: socket, to: socket });
/** Plain TCP names no host, so each TCP service that is called has a listener of its own. */
const callee = object({ service: name, namespace: name.optional(), port: portOfService.optional() });
const outbound = object({ listen: socket, service: name.optional(), to: callee.optional() });

const admin = socket.refine(({ address }) => address.startsWith('127.') || address === '::1', {
  path: ['address'],
  message:
    'the admin interface can stop Envoy and read its configuration: only a loopback address is allowed, write 127.0.0.1',
});

/** How long a client may take; `0s` is no bound. Defaults are those that Envoy recommends to whoever faces strangers. */
const timeouts = object({
  /** Until the request is complete, or its answer begins. */
  request: duration.prefault('5m'),
  /** While nothing moves on a stream, in either direction. */
  idle: duration.prefault('5m'),
  /** Until a request's head is complete. */
  headers: positiveDuration.prefault('10s'),
});

/** HTTP/2 counts windows and streams in 31 bits; a window is at least what it is without a word. */
const most31 = 2 ** 31 - 1;
const window = size(65_535, most31);

const http2 = object({
  concurrentStreams: z.int().min(1).max(most31).default(100),
  streamWindow: window.prefault('64KiB'),
  connectionWindow: window.prefault('1MiB'),
  /** Frames that wait because the client reads nothing; of them those that answer pings, settings and resets. */
  outboundFrames: z.int().min(1).max(most31).default(10_000),
  outboundControlFrames: z.int().min(1).max(most31).default(1000),
});

/** One Envoy: whose inbound traffic it takes, where its services reach the mesh, how many workers it runs. */
const spec = object({
  services: z.array(name).min(1),
  inbound: z.array(inbound).default([]),
  outbound: z
    .union([outbound, z.array(outbound).min(1)], {
      error: (issue) =>
        issue.code === 'invalid_union'
          ? 'write {listen: {address, port}} or a list of {listen, service, to}'
          : undefined,
    })
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .default([]),
  admin: admin.optional(),
  /** Where the node is; callers may prefer what is near. */
  zone: zone.optional(),
  workers: z.int().min(1).max(256).optional(),
  trustedHops: z.int().min(0).max(trustedHopsMax).default(0),
  underscores: oneOf('drop', 'allow', 'reject').default('drop'),
  timeouts: timeouts.prefault({}),
  http2: http2.prefault({}),
  /** Bytes of a connection that are held for a side that reads slowly. Envoy takes 0 for no limit. */
  connectionBuffer: size(4096, 2 ** 30).prefault('32KiB'),
});
export type NodeSpec = z.output<typeof spec>;
type NodeResource = ResourceOf<'Node', NodeSpec>;

export const node = kind({
  kind: 'Node',
  apiVersions: [apiVersion],
  spec,
  references: ({ spec: { services, outbound } }) => [
    ...services.map((name, index): Reference => ({ path: ['spec', 'services', index], kind: 'Service', name })),
    ...outbound.flatMap(({ to }, index): Reference[] =>
      to
        ? [
            {
              path: [...outboundPath(outbound, index), 'to', 'service'],
              kind: 'Service',
              name: to.service,
              namespace: to.namespace,
            },
          ]
        : [],
    ),
  ],
  check: (nodes, lookup) => [
    ...nodes.all.flatMap(listenerMistakes),
    ...nodes.all.flatMap((node) => portMistakes(node, lookup.of(service))),
    ...takenSockets(nodes.all),
    ...instancesPastProxies(nodes.all, lookup.of(service)),
  ],
});

/** A single one may stand there without a list. */
function outboundPath(outbound: readonly unknown[], index: number): Path {
  return outbound.length > 1 ? ['spec', 'outbound', index] : ['spec', 'outbound'];
}

function listenerMistakes(node: NodeResource): Mistake[] {
  const { services, inbound, outbound } = node.spec;
  const foreign = (name: string, path: Path): Mistake[] => {
    if (services.includes(name)) return [];
    const hint = didYouMean(name, services) || `: ${services.join(', ')}`;
    return [mistake(node, path, `"${name}" is not one of this node's services${hint}`)];
  };
  const inboundMistakes = inbound.flatMap(({ service, listen, to }, index) => [
    ...foreign(service, ['spec', 'inbound', index, 'service']),
    ...(listen.port === to.port && listen.address === to.address
      ? [
          mistake(
            node,
            ['spec', 'inbound', index, 'to'],
            'leads back to the same listener, write the address of the application itself',
          ),
        ]
      : []),
  ]);
  const outboundMistakes = outbound.flatMap(({ service }, index) => {
    const path = outboundPath(outbound, index);
    if (service !== undefined) return foreign(service, [...path, 'service']);
    if (services.length === 1) return [];
    const message =
      'does not say which service is calling: several services share this node, write a list of {listen, service}';
    return [mistake(node, path, message)];
  });
  return [...inboundMistakes, ...outboundMistakes];
}
