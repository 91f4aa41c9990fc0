import { isIP } from 'node:net';
import { z } from 'zod';
import { addressAdvice } from '../address-spelling.js';
import { didYouMean } from '../near-word.js';
import { ipAddress, name, port } from '../scalars.js';
import { later, laterField, notYet, object, oneOf, unique, written } from '../schema.js';
import { exportTo } from './scalars.js';
import { workloadSelector } from './workload-selector.js';

// Istio's own schema, as far as this build does what it says: https://istio.io/latest/docs/reference/config/networking/service-entry/

/** A name that a resolver would not take for an address: `127.1` and `0x7f000001` are such to some. */
const hostForm = /^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\.?$/i;
const isNumber = /(^|\.)(\d+|0x[0-9a-f]*)\.?$/i;
export const isHostName = (text: string) => text.length <= 253 && hostForm.test(text) && !isNumber.test(text);

const host = z.string(written('a host such as api.example.com')).transform((text, context) => {
  const bare = text.replace(/^\*\./, '');
  if (isHostName(bare) || (isIP(text) === 4 && bare === text)) return text.toLowerCase().replace(/\.$/, '');
  const message =
    text === '*'
      ? '"*" would be every host, write for example *.example.com'
      : `"${text}" is not a host, ${addressAdvice(text, isHostName) ?? 'write for example api.example.com or *.example.com'}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** Another host of HTTP calls. Networks would be what other protocols connect to. */
const address = later(z.string(written('an IP address such as 192.0.2.1')), (text) =>
  text.includes('/') ? `the network ${text} (it needs transparent interception)` : undefined,
).pipe(ipAddress);

const protocols = ['HTTP', 'HTTPS', 'GRPC', 'HTTP2', 'TCP', 'TLS'] as const;
export type EntryProtocol = (typeof protocols)[number];
const laterProtocols = ['MONGO', 'GRPC-WEB', 'MYSQL', 'REDIS', 'UDP'];

/** Istio takes them in any case. */
const protocol = z.string(written(`one of ${protocols.join(', ')}`)).transform((text, context) => {
  const word = text.toUpperCase();
  const known = protocols.find((each) => each === word);
  if (known) return known;
  const message = laterProtocols.includes(word)
    ? notYet(`the protocol ${word}`)
    : `"${text}" is not valid here, write one of ${protocols.join(', ')}${didYouMean(word, protocols)}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const entryPort = object({ number: port, name, protocol, targetPort: port.optional() });

const unixSocket = (text: string) => (text.startsWith('unix:') ? 'an endpoint that is a unix socket' : undefined);
const endpointAddress = later(
  z.string(written('an IP address such as 192.0.2.1, or a DNS name')),
  unixSocket,
).superRefine((text, context) => {
  if (unixSocket(text) || isHostName(text) || (isIP(text) !== 0 && !text.includes('%'))) return;
  const advice = addressAdvice(text, isHostName) ?? 'write for example 192.0.2.1 or api.example.com';
  context.addIssue({ code: 'custom', message: `"${text}" is neither an IP address nor a DNS name, ${advice}` });
});

/** `region/zone/subzone`; what stands behind counts for nothing more. */
const locality = z
  .string(written('a locality such as europe/west/a'))
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'is not a locality, write for example europe/west/a');

const endpoint = object({
  address: endpointAddress,
  ports: z.record(z.string(), port).default({}),
  labels: z.record(z.string(), z.string()).default({}),
  locality: locality.optional(),
  /** As in Istio, none is one. */
  weight: z.int().min(0).max(1_000_000).default(1),
  network: laterField('network (all endpoints are reached directly)'),
  serviceAccount: laterField('serviceAccount (it comes with mutual TLS)'),
});
export type EntryEndpoint = z.output<typeof endpoint>;

const resolution = later(oneOf('STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS', 'NONE'), (word) => {
  if (word === 'NONE') return 'resolution NONE (it needs transparent interception; write STATIC or DNS)';
  return word === 'DYNAMIC_DNS' ? 'resolution DYNAMIC_DNS (write DNS with endpoints)' : undefined;
});

export const entryFields = object({
  hosts: z.array(host).min(1).max(256),
  addresses: z.array(address).default([]),
  ports: unique(
    unique(z.array(entryPort).min(1), 'name', (item) => item.name),
    'number',
    (item) => String(item.number),
  ),
  location: oneOf('MESH_EXTERNAL', 'MESH_INTERNAL').default('MESH_EXTERNAL'),
  resolution: resolution.prefault('NONE'),
  endpoints: z.array(endpoint).max(4096).default([]),
  workloadSelector: workloadSelector.optional(),
  exportTo: exportTo.default([]),
  subjectAltNames: z.array(z.string(written('a name such as api.example.com')).min(1)).default([]),
});
export type EntryFields = z.output<typeof entryFields>;
