import type { z } from 'zod';
import type { Identities, KindDescriptor } from './kind.js';
import { didYouMean } from './near-word.js';
import { node } from './node.js';
import { accessPolicy } from './policy/access.js';
import { breakerPolicy } from './policy/breaker.js';
import { jwtPolicy } from './policy/jwt.js';
import { rateLimitPolicy } from './policy/ratelimit.js';
import { requestAuthentication } from './policy/request-authentication.js';
import { tokenPolicy } from './policy/token.js';
import type { ResourceOf } from './resource.js';
import { notYet } from './schema.js';
import { service } from './service.js';
import { destinationRule } from './traffic/destination-rule.js';
import { serviceEntry } from './traffic/service-entry.js';
import { sidecar } from './traffic/sidecar.js';
import { virtualService } from './traffic/virtual-service.js';
import { wasmPlugin } from './traffic/wasm-plugin.js';

/** The kinds of this release. Adding one is adding a line here and a file beside the others. */
const descriptors = [
  service,
  node,
  serviceEntry,
  sidecar,
  virtualService,
  accessPolicy,
  tokenPolicy,
  jwtPolicy,
  rateLimitPolicy,
  breakerPolicy,
  requestAuthentication,
  destinationRule,
  wasmPlugin,
] as const;

/** Kinds of the policy language that a later release brings: refused by name. */
const laterKinds = ['AuditPolicy', 'Gateway', ...['PeerAuthentication', 'AuthorizationPolicy']];

type Descriptor = (typeof descriptors)[number];
export type Kind = Descriptor['kind'];
export type Spec<K extends Kind> = z.output<Extract<Descriptor, { kind: K }>['spec']>;

/** A checked document of one of these kinds; which one, its `kind` says. */
export type Resource<K extends Kind = Kind> = { [Each in K]: ResourceOf<Each, Spec<Each>> }[K];

export const kinds: readonly Kind[] = descriptors.map(({ kind }) => kind);

const byKind = new Map<string, KindDescriptor<Kind>>(descriptors.map((descriptor) => [descriptor.kind, descriptor]));

export function descriptorOf<K extends Kind>(kind: K): Extract<Descriptor, { kind: K }> {
  return byKind.get(kind) as Extract<Descriptor, { kind: K }>;
}

/** The identities that calls can have because of a document. */
export function identitiesOf(resource: Resource): Identities {
  return (descriptorOf(resource.kind) as KindDescriptor).identities?.(resource) ?? {};
}

export function isKind(word: string): word is Kind {
  return byKind.has(word);
}

export function unknownKind(word: string): string {
  if (laterKinds.includes(word)) return notYet(`the kind ${word}`);
  return `unknown kind "${word}"${didYouMean(word, kinds) || `, expected one of: ${kinds.join(', ')}`}`;
}
