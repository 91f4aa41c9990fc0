import type { z } from 'zod';
import { didYouMean } from './near-word.js';
import { node } from './node.js';
import { accessPolicy } from './policy/access.js';
import { breakerPolicy } from './policy/breaker.js';
import { jwtPolicy } from './policy/jwt.js';
import { rateLimitPolicy } from './policy/ratelimit.js';
import { requestAuthentication } from './policy/request-authentication.js';
import { tokenPolicy } from './policy/token.js';
import { notYet } from './schema.js';
import { service } from './service.js';

export const apiVersion = 'tollgate.dev/v1';

/** The kinds of this release, each with the schema of its `spec`. Adding a kind is adding a line here and a file beside the others. */
export const kinds = {
  Service: service,
  Node: node,
  AccessPolicy: accessPolicy,
  TokenPolicy: tokenPolicy,
  JwtPolicy: jwtPolicy,
  RateLimitPolicy: rateLimitPolicy,
  CircuitBreakerPolicy: breakerPolicy,
  RequestAuthentication: requestAuthentication,
} as const;

/** Istio's kinds keep Istio's schema, and so its versions. */
const istioVersions: Partial<Record<Kind, readonly string[]>> = {
  RequestAuthentication: ['security.istio.io/v1', 'security.istio.io/v1beta1'],
};

/** What `apiVersion` may say in a document of this kind; the first is the one to write. */
export function apiVersionsOf(kind: Kind): readonly string[] {
  return istioVersions[kind] ?? [apiVersion];
}

export type Kind = keyof typeof kinds;
export type Spec<K extends Kind> = z.output<(typeof kinds)[K]>;

export function isKind(word: string): word is Kind {
  return Object.hasOwn(kinds, word);
}

/** Kinds of the policy language that a later release brings: refused by name. */
const laterKinds = [
  'AuditPolicy',
  ...['VirtualService', 'DestinationRule', 'ServiceEntry', 'Sidecar', 'Gateway'],
  ...['PeerAuthentication', 'AuthorizationPolicy', 'WasmPlugin'],
];

export function unknownKind(word: string): string {
  if (laterKinds.includes(word)) return notYet(`the kind ${word}`);
  return `unknown kind "${word}"${didYouMean(word, Object.keys(kinds)) || `, known here: ${Object.keys(kinds).join(', ')}`}`;
}
