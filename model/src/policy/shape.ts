import { z } from 'zod';
import { keySetRefreshMs, keySetTimeoutMs } from '../bounds.js';
import { apiVersion, type KindDescriptor, type Reference } from '../kind.js';
import { consumerName, type Match } from '../match.js';
import { type Mistake, mistake } from '../mistake.js';
import { didYouMean } from '../near-word.js';
import { reasons, type Step } from '../reasons.js';
import type { Path, ResourceOf } from '../resource.js';
import { duration, headerName, ipAddress, name, percent, plainText } from '../scalars.js';
import { exactlyOne, object, oneOf } from '../schema.js';

export const side = oneOf('provider', 'consumer', 'both');
export type Side = z.output<typeof side>;

export const mode = z.union([oneOf('enforce', 'shadow'), object({ percent })], {
  error: (issue) => (issue.code === 'invalid_union' ? 'write enforce, shadow or {percent: 0 to 100}' : undefined),
});
export type Mode = z.output<typeof mode>;

export const targetRefs = z
  .array(object({ kind: oneOf('Service'), name, namespace: name.optional() }))
  .min(1, 'is empty, leave `targetRefs` out to govern every service of the namespace')
  .optional();

export const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'is not the name of an environment variable');

/** A secret is named, never written: an environment variable, or a file relative to the policy file. */
export const secretReference = exactlyOne(
  object({
    env: environmentName.optional(),
    file: plainText.optional(),
  }),
  ['env', 'file'],
);
export type SecretReference = z.output<typeof secretReference>;

/** Where a key set is fetched. A user name or a fragment would be lost without a word. */
export const keySetUri = z
  .string()
  .max(1024)
  .refine(
    (text) =>
      /^https?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[\x21\x24-\x7e]*)?$/.test(text) &&
      URL.canParse(text),
    'is not the address of a key set, write for example https://issuer.example/keys.json',
  );

const within = ({ min, max }: { min: number; max: number }, message: string) =>
  duration.refine((ms) => ms >= min && ms <= max, message);

export const keySetTimeout = within(keySetTimeoutMs, 'must be 100ms to 10s');

export const keySetRefresh = within(keySetRefreshMs, 'must be 10s to 24h');

const exampleRequest = object({
  method: z.string().default('GET'),
  path: plainText.default('/'),
  host: plainText.optional(),
  headers: z.record(headerName, z.union([z.string(), z.array(z.string())])).default({}),
  /** The peer's address. */
  address: ipAddress.default('192.0.2.1'),
  /** Who calls: a valid credential of theirs is sent along. */
  consumer: consumerName.optional(),
  /** How often the same request is sent; the last answer counts. */
  times: z.int().min(1).max(10_000).default(1),
});

const expectation = object({
  verdict: oneOf('allowed', 'denied'),
  reason: oneOf(...(Object.keys(reasons) as [string, ...string[]])).optional(),
  rule: z.string().optional(),
});

/** Request → expected verdict: run in the simulator whenever the policy is checked. */
export const examples = z.array(object({ request: exampleRequest, expect: expectation })).default([]);
export type Example = z.output<typeof examples>[number];

/** The fields that every policy kind has. */
export const policyFields = { targetRefs, mode: mode.default('enforce'), examples };
export type PolicySpec = z.output<ReturnType<typeof object<typeof policyFields & { side: typeof side }>>>;

interface PolicyDescriptor<Kind extends string, Schema extends z.ZodType>
  extends Omit<KindDescriptor<Kind, Schema>, 'apiVersions'> {
  readonly step: Step;
  /** The field that lists what has a `match` each. */
  readonly ruled: keyof z.output<Schema> & string;
}

/** A kind of policy of our own: governs the services that it names, or every one of its namespace. */
export function policyKind<const Kind extends string, Schema extends z.ZodType<PolicySpec>>({
  ruled,
  references = () => [],
  consumers = () => [],
  ...descriptor
}: PolicyDescriptor<Kind, Schema>): KindDescriptor<Kind, Schema> {
  return {
    ...descriptor,
    apiVersions: [apiVersion],
    references: (policy) => [...targets(policy), ...references(policy)],
    consumers: (policy) => [...matched(ruled, policy.spec[ruled] as { match?: Match }[]), ...consumers(policy)],
  };
}

function targets({ spec: { targetRefs } }: ResourceOf<string, PolicySpec>): Reference[] {
  if (!targetRefs) return [{ path: ['metadata'], kind: 'Service' }];
  return targetRefs.map(({ name, namespace }, index) => ({
    path: ['spec', 'targetRefs', index, 'name'],
    kind: 'Service',
    name,
    namespace,
  }));
}

function matched(field: string, items: { match?: Match }[]): { path: Path; name: string }[] {
  return items.flatMap(({ match = [] }, index) =>
    match.flatMap(({ consumers = [] }, at) =>
      consumers.map((name, place) => ({ path: ['spec', field, index, 'match', at, 'consumers', place], name })),
    ),
  );
}

/** What rules name and the policy itself does not list: its systems, its providers. */
export function foreignNames<Field extends string>(
  policy: ResourceOf<string, unknown>,
  rules: readonly { [name in Field]?: string[] }[],
  field: Field,
  listed: readonly string[],
): Mistake[] {
  return rules.flatMap((rule, index) =>
    (rule[field] ?? []).flatMap((name, at) => {
      if (listed.includes(name)) return [];
      const hint = didYouMean(name, listed) || `: ${listed.join(', ')}`;
      return [
        mistake(policy, ['spec', 'rules', index, field, at], `"${name}" is not one of this policy's ${field}${hint}`),
      ];
    }),
  );
}
