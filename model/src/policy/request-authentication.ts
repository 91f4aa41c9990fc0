import { z } from 'zod';
import type { Collection } from '../collection.js';
import { keySetProblem } from '../jwks.js';
import { kind, type Lookup } from '../kind.js';
import { type Mistake, mistake } from '../mistake.js';
import type { ResourceOf } from '../resource.js';
import { headerName, name, plainText } from '../scalars.js';
import { laterField, object, oneOf, unique } from '../schema.js';
import { service } from '../service.js';
import { issuer, keySetTimeout, keySetUri } from './shape.js';

// Istio's own schema, as far as this build does what it says: https://istio.io/latest/docs/reference/config/security/jwt/

const jwks = z.string().superRefine((text, context) => {
  const problem = keySetProblem(text, 'write a JwtPolicy, which takes it from a file or the environment');
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

/** Claims within claims are reached by dots. */
const claimPath = z
  .string()
  .regex(/^[^.]+(\.[^.]+)*$/, 'is not a claim name, write for example sub or realm_access.roles');
const output = object({ header: headerName, claim: claimPath });

/** Where Istio looks for a token when a rule does not say. */
export const istioLocations = { headers: [{ name: 'authorization', prefix: 'Bearer ' }], params: ['access_token'] };

const jwtRule = object({
  issuer,
  audiences: z.array(z.string().min(1)).default([]),
  jwks: jwks.optional(),
  jwksUri: keySetUri.optional(),
  /** The same, as older documents spell it. */
  jwks_uri: keySetUri.optional(),
  fromHeaders: z.array(object({ name: headerName, prefix: plainText.optional() })).default([]),
  fromParams: z.array(plainText).default([]),
  fromCookies: z.array(plainText).default([]),
  outputPayloadToHeader: headerName.optional(),
  outputClaimToHeaders: unique(z.array(output), 'header', (item) => item.header).default([]),
  forwardOriginalToken: z.boolean().default(false),
  timeout: keySetTimeout.optional(),
  spaceDelimitedClaims: laterField('spaceDelimitedClaims (for authorization policies)'),
}).superRefine((rule, context) => {
  const ways = [rule.jwks, rule.jwksUri, rule.jwks_uri].filter((way) => way !== undefined).length;
  if (ways === 1) return;
  const message =
    ways === 0
      ? 'needs `jwks` or `jwksUri`: finding the keys by the issuer’s discovery document is not in this release yet'
      : 'has both `jwks` and `jwksUri`, write only one of them';
  context.addIssue({ code: 'custom', message });
});
export type JwtRuleSpec = z.output<typeof jwtRule>;

const targetRef = object({
  group: oneOf('', 'core').optional(),
  kind: oneOf('Service'),
  name,
  namespace: name.optional(),
});

/** Istio's RequestAuthentication: a call without a token passes, one with a wrong token does not. */
const spec = object({
  selector: object({ matchLabels: z.record(z.string().min(1), z.string()).default({}) }).optional(),
  targetRefs: z.array(targetRef).min(1).optional(),
  targetRef: laterField('targetRef (write targetRefs instead)'),
  jwtRules: unique(z.array(jwtRule), 'issuer', (rule) => rule.issuer).default([]),
}).refine(
  ({ selector, targetRefs }) => selector === undefined || targetRefs === undefined,
  'write only one of `selector` and `targetRefs`',
);
type Authentication = ResourceOf<'RequestAuthentication', z.output<typeof spec>>;

/** Istio's kinds keep Istio's schema, and so its versions. */
export const requestAuthentication = kind({
  kind: 'RequestAuthentication',
  apiVersions: ['security.istio.io/v1', 'security.istio.io/v1beta1'],
  step: 'jwt',
  spec,
  references: ({ namespace: own, spec: { targetRefs = [] } }) =>
    targetRefs.flatMap(({ name, namespace = own }, index) =>
      namespace === own ? [{ path: ['spec', 'targetRefs', index, 'name'], kind: 'Service', name }] : [],
    ),
  identities: ({ spec: { jwtRules } }) => ({
    providers: jwtRules.map((rule, index) => ({
      name: providerOf(rule),
      issuer: rule.issuer,
      path: ['spec', 'jwtRules', index, 'issuer'],
    })),
  }),
  check: (policies, lookup) => [...policies.all.flatMap(foreignTargets), ...sharedIssuers(policies, lookup)],
});

/**
 * The provider's name for the tokens of an issuer: that in full, but without a slash, as a URL's query would carry it. A
 * rule of these documents has no other name that stays when a document is edited.
 */
export function providerOf({ issuer }: { issuer: string }): string {
  return encodeURIComponent(Buffer.from(issuer).toString());
}

/** Istio's documents in its root namespace, by its default name, are for every namespace. */
const rootNamespace = 'istio-system';

/** The RequestAuthentications whose rules together decide about calls to a service, in order of namespace/name. */
export function authenticationsOf<A extends Authentication>(
  policies: Collection<A>,
  service: { namespace: string; name: string; labels: Record<string, string> },
): A[] {
  return policies.all.filter(({ namespace, spec }) => {
    if (spec.targetRefs)
      return namespace === service.namespace && spec.targetRefs.some(({ name }) => name === service.name);
    return (
      (namespace === service.namespace || namespace === rootNamespace) &&
      Object.entries(spec.selector?.matchLabels ?? {}).every(([label, value]) => service.labels[label] === value)
    );
  });
}

function foreignTargets(policy: Authentication): Mistake[] {
  const { namespace: own, spec } = policy;
  return (spec.targetRefs ?? []).flatMap(({ namespace = own }, index) =>
    namespace === own
      ? []
      : [mistake(policy, ['spec', 'targetRefs', index, 'namespace'], `must be ${own}, the namespace of this document`)],
  );
}

/** All rules for a service are asked together, and each token by the rule of its issuer: a second one would say nothing. */
function sharedIssuers(policies: Collection<Authentication>, lookup: Lookup): Mistake[] {
  return lookup.of(service).all.flatMap((service) => {
    const seen = new Set<string>();
    return authenticationsOf(policies, service).flatMap((policy) =>
      policy.spec.jwtRules.flatMap(({ issuer }, index) => {
        if (!seen.has(issuer)) {
          seen.add(issuer);
          return [];
        }
        const message = `another RequestAuthentication for Service "${service.name}" already has a rule for "${issuer}"`;
        return [mistake(policy, ['spec', 'jwtRules', index, 'issuer'], message)];
      }),
    );
  });
}
