import { z } from 'zod';
import { trustedHopsMax } from './bounds.js';
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
export const node = object({
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
export type NodeSpec = z.output<typeof node>;
