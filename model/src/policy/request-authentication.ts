import { z } from 'zod';
import type { Collection } from '../collection.js';
import { checkTargets, isFor, istioTargets, oneTarget, oneTargetMessage, targetReferences } from '../istio-targets.js';
import { keySetProblem } from '../jwks.js';
import { kind, type Lookup } from '../kind.js';
import { type Mistake, mistake } from '../mistake.js';
import type { ResourceOf } from '../resource.js';
import { headerName, plainText } from '../scalars.js';
import { laterField, object, unique } from '../schema.js';
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

/** Istio's RequestAuthentication: a call without a token passes, one with a wrong token does not. */
const spec = object({
  ...istioTargets,
  jwtRules: unique(z.array(jwtRule), 'issuer', (rule) => rule.issuer).default([]),
}).refine(oneTarget, oneTargetMessage);
type Authentication = ResourceOf<'RequestAuthentication', z.output<typeof spec>>;

/** Istio's kinds keep Istio's schema, and so its versions. */
export const requestAuthentication = kind({
  kind: 'RequestAuthentication',
  apiVersions: ['security.istio.io/v1', 'security.istio.io/v1beta1'],
  step: 'jwt',
  spec,
  references: (policy) => targetReferences(policy),
  identities: ({ spec: { jwtRules } }) => ({
    providers: jwtRules.map((rule, index) => ({
      name: providerOf(rule),
      issuer: rule.issuer,
      path: ['spec', 'jwtRules', index, 'issuer'],
    })),
  }),
  check: (policies, lookup) => [...checkTargets(policies.all, lookup.of(service)), ...sharedIssuers(policies, lookup)],
});

/**
 * The provider's name for the tokens of an issuer: that in full, but without a slash, as a URL's query would carry it. A
 * rule of these documents has no other name that stays when a document is edited.
 */
export function providerOf({ issuer }: { issuer: string }): string {
  return encodeURIComponent(Buffer.from(issuer).toString());
}

/** The RequestAuthentications whose rules together decide about calls to a service, in order of namespace/name. */
export function authenticationsOf<A extends Authentication>(
  policies: Collection<A>,
  service: { namespace: string; name: string; labels: Record<string, string> },
): A[] {
  return policies.all.filter((policy) => isFor(policy, service));
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
