import { z } from 'zod';
import { keySetProblem } from '../jwks.js';
import { match } from '../match.js';
import { type Mistake, mistake } from '../mistake.js';
import type { ResourceOf } from '../resource.js';
import { duration, headerName, moment, name, plainText } from '../scalars.js';
import { exactlyOne, object, oneOf, unique } from '../schema.js';
import {
  environmentName,
  foreignNames,
  holdsAll,
  issuer,
  keySetRefresh,
  keySetTimeout,
  keySetUri,
  overlap,
  policyFields,
  policyKind,
  side,
} from './shape.js';

const inline = z.string().superRefine((text, context) => {
  const problem = keySetProblem(text);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const jwks = exactlyOne(
  object({
    inline: inline.optional(),
    file: plainText.optional(),
    env: environmentName.optional(),
    uri: keySetUri.optional(),
    refresh: keySetRefresh.optional(),
    timeout: keySetTimeout.optional(),
  }),
  ['inline', 'file', 'env', 'uri'],
).refine(
  ({ uri, refresh, timeout }) => uri !== undefined || (refresh === undefined && timeout === undefined),
  '`refresh` and `timeout` can only be used with `uri`',
);

const source = exactlyOne(
  object({
    header: headerName.optional(),
    prefix: plainText.optional(),
    query: plainText.optional(),
    cookie: plainText.optional(),
  }),
  ['header', 'query', 'cookie'],
).refine(
  ({ header, prefix }) => header !== undefined || prefix === undefined,
  '`prefix` can only be used with `header`',
);

const provider = object({
  name,
  issuer,
  audiences: z.array(z.string().min(1)).min(1, 'is empty, leave `audiences` out to check none').optional(),
  jwks,
  from: z
    .array(source)
    .min(1)
    .default([{ header: 'authorization', prefix: 'Bearer ' }]),
  skew: duration.default(60_000),
  subject: z.string().min(1).default('sub'),
  claimsToHeaders: z
    .array(object({ claim: z.string().min(1), header: headerName }))
    .min(1)
    .optional(),
  forward: z.boolean().default(true),
});

const claimValue = z.union([z.string(), z.int(), z.boolean()], {
  error: 'write text, a whole number, true or false',
});

const rule = object({
  name,
  match,
  require: oneOf('jwt', 'none').default('jwt'),
  providers: z.array(name).min(1).optional(),
  claims: z.record(z.string().min(1), z.array(claimValue).min(1)).optional(),
  scopes: z
    .array(
      z
        .string()
        .regex(
          /^[\x21\x23-\x5b\x5d-\x7e]+$/,
          'is not a scope, write printable ASCII without spaces, quotes or backslashes',
        ),
    )
    .min(1)
    .optional(),
  overlap,
}).refine(
  ({ require, claims, scopes }) => require === 'jwt' || (claims === undefined && scopes === undefined),
  '`claims` and `scopes` need a token: leave them out, or write `require: jwt`',
);

type Rule = z.output<typeof rule>;
type Provider = z.output<typeof provider>;

/** Whether a call passes the one rule that the other refuses. */
function opens(earlier: Rule, later: Rule): boolean {
  if (later.require === 'none') return false;
  if (earlier.require === 'none' || !holdsAll(later.providers, earlier.providers)) return true;
  const claimed = Object.entries(later.claims ?? {}).every(([claim, values]) => {
    const asked = earlier.claims && Object.hasOwn(earlier.claims, claim) ? earlier.claims[claim] : undefined;
    return holdsAll(values, asked);
  });
  const { scopes = [] } = earlier;
  return !claimed || !(later.scopes ?? []).every((scope) => scopes.includes(scope));
}

/** JSON Web Tokens: whose are believed, and what they must say. */
const spec = object({
  ...policyFields,
  side: side.default('provider'),
  notBefore: moment.optional(),
  providers: unique(z.array(provider).min(1, 'is empty, name at least one provider'), 'name', (item) => item.name),
  rules: unique(z.array(rule).min(1), 'name', (item) => item.name).default([{ name: 'default', require: 'jwt' }]),
}).refine(
  ({ side, providers }) => side !== 'both' || providers.every(({ forward }) => forward),
  'with `side: both`, the consumer’s proxy would remove the token (`forward: false`) before the provider’s proxy checks it',
);
export type JwtPolicySpec = z.output<typeof spec>;

export const jwtPolicy = policyKind({
  kind: 'JwtPolicy',
  step: 'jwt',
  spec,
  ruled: 'rules',
  opens,
  identities: ({ spec: { providers } }) => ({
    providers: providers.map(({ name, issuer }, index) => ({
      name,
      issuer,
      path: ['spec', 'providers', index, 'name'],
    })),
  }),
  secrets: ({ spec: { providers } }) =>
    providers.flatMap(({ jwks: { env, file } }, index) =>
      env === undefined && file === undefined ? [] : [{ path: ['spec', 'providers', index, 'jwks'], env, file }],
    ),
  check: (policies) =>
    policies.all.flatMap((policy) => {
      const names = policy.spec.providers.map(({ name }) => name);
      return [...foreignNames(policy, policy.spec.rules, 'providers', names), ...sharedIssuers(policy)];
    }),
});

/** Of two providers with one issuer that a rule takes from the same place, only the first is ever asked. */
function sharedIssuers(policy: ResourceOf<'JwtPolicy', JwtPolicySpec>): Mistake[] {
  const { providers, rules } = policy.spec;
  const together = (a: string, b: string) =>
    rules.some(({ require, providers: named }) => require === 'jwt' && holdsAll(named, [a, b]));
  const meet = (a: Provider, b: Provider) =>
    a.issuer === b.issuer &&
    together(a.name, b.name) &&
    b.from.some((place) => a.from.some((other) => JSON.stringify(other) === JSON.stringify(place)));
  return providers.flatMap((provider, index) => {
    const first = providers.slice(0, index).find((other) => meet(other, provider));
    if (!first) return [];
    const message = `is the issuer of provider "${first.name}" too, which alone is asked for its tokens: write one provider with the keys and audiences of both`;
    return [mistake(policy, ['spec', 'providers', index, 'issuer'], message)];
  });
}
