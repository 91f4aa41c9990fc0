import { z } from 'zod';
import { keySetProblem } from '../jwks.js';
import { headerName, name, plainText } from '../scalars.js';
import { laterField, object, oneOf, unique } from '../schema.js';
import { keySetTimeout, keySetUri } from './shape.js';

// Istio's own schema, as far as this build does what it says: https://istio.io/latest/docs/reference/config/security/jwt/

const jwks = z.string().superRefine((text, context) => {
  const problem = keySetProblem(text, 'write a JwtPolicy, which takes it from a file or the environment');
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

/** Claims within claims are reached by dots. */
const claimPath = z.string().regex(/^[^.]+(\.[^.]+)*$/, 'is no claim, nor claims joined by dots');
const output = object({ header: headerName, claim: claimPath });

/** Where Istio looks for a token when a rule does not say. */
export const istioLocations = { headers: [{ name: 'authorization', prefix: 'Bearer ' }], params: ['access_token'] };

const jwtRule = object({
  issuer: z.string().min(1).max(1024),
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
  spaceDelimitedClaims: laterField('spaceDelimitedClaims, which authorization policies would ask for,'),
}).superRefine((rule, context) => {
  const ways = [rule.jwks, rule.jwksUri, rule.jwks_uri].filter((way) => way !== undefined).length;
  if (ways === 1) return;
  const message =
    ways === 0
      ? 'needs `jwks` or `jwksUri`: finding the keys by the issuer’s discovery document is not in this release yet'
      : 'write one of `jwks` and `jwksUri`';
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
export const requestAuthentication = object({
  selector: object({ matchLabels: z.record(z.string().min(1), z.string()).default({}) }).optional(),
  targetRefs: z.array(targetRef).min(1).optional(),
  targetRef: laterField('targetRef, which targetRefs took the place of,'),
  jwtRules: unique(z.array(jwtRule), 'issuer', (rule) => rule.issuer).default([]),
}).refine(
  ({ selector, targetRefs }) => selector === undefined || targetRefs === undefined,
  'only one of `selector` and `targetRefs` can say what it governs',
);
