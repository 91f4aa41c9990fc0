import { z } from 'zod';
import { trustedHopsMax } from './bounds.js';
import { apiVersion, kind } from './kind.js';
import { type Mistake, mistake } from './mistake.js';
import { didYouMean } from './near-word.js';
import type { Path, ResourceOf } from './resource.js';
import { ipAddress, name, port } from './scalars.js';
import { object } from './schema.js';

const socket = object({ address: ipAddress, port });
export type Socket = z.output<typeof socket>;

const inbound = object({ service: name, listen: socket, to: socket });
const outbound = object({ listen: socket, service: name.optional() });

const admin = socket.refine(({ address }) => address.startsWith('127.') || address === '::1', {
  path: ['address'],
  message:
    'the admin interface can stop Envoy and read its configuration: only a loopback address is allowed, write 127.0.0.1',
});

/** One Envoy: whose inbound traffic it takes, where its services reach the mesh, how many workers it runs. */
const spec = object({
  services: z.array(name).min(1),
  inbound: z.array(inbound).default([]),
  outbound: z
    .union([outbound, z.array(outbound).min(1)], {
      error: (issue) =>
        issue.code === 'invalid_union' ? 'write {listen: {address, port}} or a list of {listen, service}' : undefined,
    })
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .default([]),
  admin: admin.optional(),
  workers: z.int().min(1).max(256).optional(),
  trustedHops: z.int().min(0).max(trustedHopsMax).default(0),
});
export type NodeSpec = z.output<typeof spec>;
type NodeResource = ResourceOf<'Node', NodeSpec>;

export const node = kind({
  kind: 'Node',
  apiVersions: [apiVersion],
  spec,
  references: ({ spec: { services } }) =>
    services.map((name, index) => ({ path: ['spec', 'services', index], kind: 'Service', name })),
  check: (nodes) => nodes.all.flatMap((node) => [...listenerMistakes(node), ...takenSockets(node)]),
});

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
            'leads back to the same listener, name the application’s own address',
          ),
        ]
      : []),
  ]);
  const outboundMistakes = outbound.flatMap(({ service }, index) => {
    const path = outbound.length > 1 ? ['spec', 'outbound', index] : ['spec', 'outbound'];
    if (service !== undefined) return foreign(service, [...path, 'service']);
    if (services.length === 1) return [];
    const message = 'says not who is calling: several services share this proxy, write a list of {listen, service}';
    return [mistake(node, path, message)];
  });
  return [...inboundMistakes, ...outboundMistakes];
}

function takenSockets(node: NodeResource): Mistake[] {
  const { inbound, outbound, admin } = node.spec;
  const listens: [Path, Socket][] = [
    ...inbound.map(({ listen }, index): [Path, Socket] => [['spec', 'inbound', index, 'listen'], listen]),
    ...outbound.map(({ listen }): [Path, Socket] => [['spec', 'outbound'], listen]),
    ...(admin ? [[['spec', 'admin'], admin] as [Path, Socket]] : []),
  ];
  const seen = new Set<string>();
  return listens.flatMap(([path, { address, port }]) => {
    const socket = `${address} port ${port}`;
    const taken = seen.has(socket);
    seen.add(socket);
    return taken ? [mistake(node, path, `${socket} is taken already by this node, choose another port`)] : [];
  });
}
