import { bounds, keySetProblem } from '@tollgate/model';
import { z } from 'zod';
import { packable } from './packed-rules.js';
import { policyFields } from './policy.js';
import { distinct, headerName, moment, text, texts, whole } from './scalars.js';

const source = z.union([
  z.strictObject({ header: headerName, prefix: z.string().optional() }),
  z.strictObject({ query: text }),
  z.strictObject({ cookie: text }),
]);

const fetched = z.strictObject({
  cluster: text,
  authority: text,
  path: text,
  refreshMs: whole(bounds.keySetRefreshMs.min, bounds.keySetRefreshMs.max),
  timeoutMs: whole(bounds.keySetTimeoutMs.min, bounds.keySetTimeoutMs.max),
});

const jwks = z
  .union([
    z.strictObject({ inline: z.string().refine((keys) => keySetProblem(keys) === undefined) }),
    z.strictObject({ env: text }),
    z.strictObject({ fetch: fetched }),
  ])
  .describe('A JWK Set: its text, public keys only; the environment variable that holds it; or where it is fetched');
export type FilterKeySet = z.input<typeof jwks>;

const claim = z.strictObject({
  claim: text.describe('Where no claim has the name, a dot goes into a claim that is an object'),
  header: headerName,
});

const provider = z.strictObject({
  name: z
    .string()
    .regex(/^[^/]+$/)
    .describe('In front of its subjects: jwt:<name>/<subject>. In all policies of a target for one issuer only'),
  issuer: text,
  audiences: texts.optional(),
  jwks,
  from: z.array(source).min(1).optional().describe('Default the header authorization with the prefix "Bearer "'),
  skewMs: whole(0, bounds.durationMsMax).default(60_000),
  subject: text.default('sub'),
  claimsToHeaders: z.array(claim).min(1).optional(),
  payloadToHeader: headerName.optional().describe('Carries the claims on, in base64url'),
  forward: z.boolean().default(true),
});

const rule = packable({
  require: z.enum(['jwt', 'valid', 'none']).default('jwt').describe('valid: none, or a valid one'),
  providers: texts.optional(),
  claims: z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()])).min(1)).optional(),
  scopes: texts.optional(),
}).refine(({ require, claims, scopes }) => require === 'jwt' || (!claims && !scopes));

const policy = z
  .strictObject({
    ...policyFields,
    notBeforeMs: moment.optional(),
    providers: distinct(z.array(provider).min(1), ({ name }) => name),
    rules: z.array(rule).min(1).optional(),
  })
  .superRefine(({ providers, rules = [] }, context) => {
    const known = providers.map(({ name }) => name);
    for (const [index, { providers: wanted = [] }] of rules.entries())
      if (!wanted.every((name) => known.includes(name)))
        context.addIssue({ code: 'custom', path: ['rules', index, 'providers'], message: 'names no provider' });
  });
export type FilterJwt = z.input<typeof policy>;

export const jwtSchema = z.array(policy).superRefine((policies, context) => {
  const issuers = new Map<string, string>();
  for (const [at, { providers }] of policies.entries())
    for (const [index, { name, issuer }] of providers.entries()) {
      if ((issuers.get(name) ?? issuer) !== issuer)
        context.addIssue({ code: 'custom', path: [at, 'providers', index], message: 'has the name of another issuer' });
      issuers.set(name, issuer);
    }
});
