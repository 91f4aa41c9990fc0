import { z } from 'zod';
import { name, port } from '../scalars.js';
import { laterField, object, written } from '../schema.js';
import { destination, host } from './destination.js';
import { hasLabels, labels } from './labels.js';

// The routes of a VirtualService that look at connections, not at calls.

const shared = object({ destination, weight: z.int().min(0).max(1_000_000).optional() });

const route = z
  .array(shared)
  .min(1)
  .superRefine((list, context) => {
    if (list.length > 1 && list.every(({ weight = 0 }) => weight === 0))
      context.addIssue({ code: 'custom', message: 'has no weight above 0, so no connection would go anywhere' });
  });

/** What is known of a connection before its first byte. */
const conditions = {
  port: port.optional(),
  /** Of the service that is calling. */
  sourceLabels: labels.default({}),
  sourceNamespace: name.optional(),
  gateways: z
    .array(
      z
        .string(written('mesh'))
        .refine((text) => text === 'mesh', 'the kind Gateway is not in this release yet, write mesh or leave it out'),
    )
    .default([]),
  destinationSubnets: laterField('destinationSubnets (it needs transparent interception)'),
};

const tlsMatch = object({ sniHosts: z.array(host).min(1), ...conditions });
const tcpMatch = object({ ...conditions, sourceSubnet: laterField('sourceSubnet (write sourceLabels)') });

const tlsRoute = object({ match: z.array(tlsMatch).min(1), route });
const tcpRoute = object({ match: z.array(tcpMatch).default([]), route });

export type TlsRoute = z.output<typeof tlsRoute>;
export type TcpRoute = z.output<typeof tcpRoute>;
export type SharedDestination = z.output<typeof shared>;

/** Routes of connections that are not looked into: by the name that TLS begins with, and by their port. */
export const connectionRoutes = {
  tls: z.array(tlsRoute).default([]),
  tcp: z.array(tcpRoute).default([]),
};

/** Whether what a match asks of the caller and of the port that is called is so. */
export function concernsConnection(
  match: Pick<TcpRoute['match'][number], 'port' | 'sourceLabels' | 'sourceNamespace' | 'gateways'>,
  caller: { namespace: string; labels: Record<string, string> },
  port: number,
): boolean {
  if (match.port !== undefined && match.port !== port) return false;
  if (match.gateways.length > 0) return true;
  if (match.sourceNamespace !== undefined && match.sourceNamespace !== caller.namespace) return false;
  return hasLabels(caller.labels, match.sourceLabels);
}
