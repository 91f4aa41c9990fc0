import { z } from 'zod';
import { noncesMaxMax } from '../bounds.js';
import { match } from '../match.js';
import { duration, headerName, moment, name } from '../scalars.js';
import { object, oneOf, unique } from '../schema.js';
import { foreignNames, holdsAll, overlap, policyFields, policyKind, secretReference, side } from './shape.js';

const systemId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not a system id, write 1 to 64 letters, digits, "-" or "_"')
  .refine((id) => id !== 'anonymous', '"anonymous" is the name of callers without an identity, choose another id');

const system = object({
  id: systemId,
  service: name.optional(),
  secrets: z.array(secretReference).min(1, 'is empty, name at least one secret: {env: NAME} or {file: path}').max(8),
});

const rule = object({
  name,
  match,
  require: oneOf('token', 'none').default('token'),
  systems: z.array(systemId).min(1).optional(),
  overlap,
});

const dayMs = 86_400_000;

const replay = object({
  refuse: z.boolean().default(false),
  window: duration.default(600_000),
  noncesMax: z.int().min(1).max(noncesMaxMax).default(250_000),
});

const headers = object({
  system: headerName.default('x-system-id'),
  date: headerName.default('x-date'),
  nonce: headerName.default('x-nonce'),
  digest: headerName.default('x-token'),
});
export type TokenHeaders = z.output<typeof headers>;

/** The dynamic token: the consumer's proxy signs, the provider's proxy verifies. */
const spec = object({
  ...policyFields,
  side: side.default('both'),
  digest: oneOf('hmac-sha256', 'md5').default('hmac-sha256'),
  date: oneOf('day', 'second').default('day'),
  skew: duration.default(300_000),
  carry: oneOf('header', 'headers').default('header'),
  header: headerName.default('x-tollgate-token'),
  headers: headers
    .prefault({})
    .refine((names) => new Set(Object.values(names)).size === 4, 'the four headers must have different names'),
  replay: replay.prefault({}),
  notBefore: moment.optional(),
  systems: unique(z.array(system).min(1, 'is empty, name at least one system'), 'id', (item) => item.id),
  rules: unique(z.array(rule).min(1), 'name', (item) => item.name).default([{ name: 'default', require: 'token' }]),
}).superRefine(({ replay, date, skew, notBefore }, context) => {
  if (date === 'day' && notBefore !== undefined && notBefore % dayMs !== 0)
    context.addIssue({
      code: 'custom',
      path: ['notBefore'],
      message: 'must be the start of a day (T00:00:00Z), because these tokens carry a date without a time (date: day)',
    });
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['replay', field], message });
  if (!replay.refuse) return;
  if (date !== 'second') refuse('refuse', 'needs date: second, because a day has too many nonces to remember');
  if (replay.window < 2 * skew)
    refuse(
      'window',
      `must be at least twice the skew (${2 * skew} ms): a token is valid for one skew before and after its date`,
    );
});
export type TokenPolicySpec = z.output<typeof spec>;

export const tokenPolicy = policyKind({
  kind: 'TokenPolicy',
  step: 'token',
  spec,
  ruled: 'rules',
  opens: (earlier, later) =>
    later.require === 'token' && (earlier.require === 'none' || !holdsAll(later.systems, earlier.systems)),
  references: ({ spec: { systems } }) =>
    systems.flatMap(({ service }, index) =>
      service === undefined ? [] : [{ path: ['spec', 'systems', index, 'service'], kind: 'Service', name: service }],
    ),
  identities: ({ spec: { systems } }) => ({ names: systems.map(({ id }) => id) }),
  secrets: ({ spec: { systems } }) =>
    systems.flatMap(({ id, secrets }, at) =>
      secrets.map((secret, index) => ({ path: ['spec', 'systems', at, 'secrets', index], ...secret, system: id })),
    ),
  check: (policies) =>
    policies.all.flatMap((policy) => {
      const ids = policy.spec.systems.map(({ id }) => id);
      return foreignNames(policy, policy.spec.rules, 'systems', ids);
    }),
});
