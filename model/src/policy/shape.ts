import { z } from 'zod';
import { keySetRefreshMs, keySetTimeoutMs } from '../bounds.js';
import { apiVersion, type KindDescriptor, type Lookup, type Reference } from '../kind.js';
import { consumerName, type Match } from '../match.js';
import { type Mistake, mistake, warning } from '../mistake.js';
import { didYouMean } from '../near-word.js';
import { withoutHostBits } from '../network.js';
import { reasons, type Step } from '../reasons.js';
import type { Path, ResourceId, ResourceOf } from '../resource.js';
import { duration, headerName, ipAddress, name, percent, plainText } from '../scalars.js';
import { exactlyOne, object, oneOf, written } from '../schema.js';
import { type ServiceResource, service } from '../service.js';
import { type OrderedRule, overlapsOf } from './overlap.js';
import { eachByte } from './path-reading.js';
import { nothingKnown, plainTcpMistakes, type Unknowable, unknowableMatches } from './plain-tcp.js';

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
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    'is not the name of an environment variable, write for example ORDERS_SECRET',
  );

/** A secret is named, never written: an environment variable, or a file relative to the policy file. */
export const secretReference = exactlyOne(
  object({
    env: environmentName.optional(),
    file: plainText.optional(),
  }),
  ['env', 'file'],
);
export type SecretReference = z.output<typeof secretReference>;

/** Who issues tokens: compared with their `iss`, byte by byte. */
export const issuer = z
  .string(written('the issuer as its tokens name it, for example https://issuer.example'))
  .min(1)
  .max(1024);

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

/** Of rules of which the first that fits decides: one that takes calls from others may say that it shall. */
export const overlap = oneOf('intended').optional();

type RuleOf<Spec> = Spec extends { rules: (infer Rule)[] } ? Rule : never;

interface PolicyDescriptor<Kind extends string, Schema extends z.ZodType>
  extends Omit<KindDescriptor<Kind, Schema>, 'apiVersions'> {
  readonly step: Step;
  /** The field that lists what has a `match` each. */
  readonly ruled: keyof z.output<Schema> & string;
  /** Of ordered rules: whether one lets calls through that another would refuse. */
  opens?(earlier: RuleOf<z.output<Schema>>, later: RuleOf<z.output<Schema>>): boolean;
  /** What it asks beside its matches that nobody knows of a connection; left out: no connection is governed by it. */
  unknowable?(policy: ResourceOf<Kind, z.output<Schema>>): Unknowable[];
  /** Networks that stand elsewhere than in matches. */
  networks?(policy: ResourceOf<Kind, z.output<Schema>>): Named[];
}

/** A kind of policy of our own: governs the services that it names, or every one of its namespace. */
export function policyKind<const Kind extends string, Schema extends z.ZodType<PolicySpec>>({
  ruled,
  references = () => [],
  consumers = () => [],
  networks = () => [],
  unknowable,
  opens,
  check = () => [],
  ...descriptor
}: PolicyDescriptor<Kind, Schema>): KindDescriptor<Kind, Schema> {
  return {
    ...descriptor,
    apiVersions: [apiVersion],
    references: (policy) => [...targets(policy), ...references(policy)],
    consumers: (policy) => [...matched(policy, ruled, 'consumers'), ...consumers(policy)],
    check: (policies, lookup) => [
      ...check(policies, lookup),
      ...policies.all.flatMap((policy) => [
        ...[...matched(policy, ruled, 'addresses'), ...networks(policy)].flatMap((named) => hostBits(policy, named)),
        ...(opens ? overlaps(policy, opens, lookup) : []),
        ...plainTcpMistakes(
          policy,
          governedBy(policy, lookup),
          unknowable ? [...unknowableMatches(ruled, listed(policy, ruled)), ...unknowable(policy)] : nothingKnown,
        ),
      ]),
    ],
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

interface Named {
  path: Path;
  name: string;
}

/** What the matches of rules, limits or breakers name. */
function matched(policy: ResourceOf<string, object>, ruled: string, field: 'consumers' | 'addresses'): Named[] {
  return listed(policy, ruled).flatMap(({ match = [] }, index) =>
    match.flatMap((conditions, at) =>
      (conditions[field] ?? []).map((name, place) => ({
        path: ['spec', ruled, index, 'match', at, field, place],
        name,
      })),
    ),
  );
}

function listed({ spec }: ResourceOf<string, object>, ruled: string): { match?: Match }[] {
  return (spec as Record<string, { match?: Match }[]>)[ruled] ?? [];
}

function hostBits(policy: ResourceId, { path, name }: Named): Mistake[] {
  const network = withoutHostBits(name);
  if (network === undefined) return [];
  const [address] = name.split('/');
  const message = `"${name}" has bits set after its prefix and counts as ${network}: write that, or ${address} for the address alone`;
  return [warning(policy, path, message)];
}

function overlaps<Rule>(
  policy: ResourceOf<string, PolicySpec>,
  opens: (earlier: Rule, later: Rule) => boolean,
  lookup: Lookup,
): Mistake[] {
  const governed = governedBy(policy, lookup);
  const paths = governed.length > 0 ? governed.map((each) => each.spec.paths) : [eachByte];
  const readings = new Map(paths.map((reading) => [JSON.stringify(reading), reading]));
  const { rules } = policy.spec as unknown as { rules: (Rule & OrderedRule)[] };
  return overlapsOf(policy, rules, opens, [...readings.values()]);
}

/** The services that a policy names, or those of its namespace. */
function governedBy({ namespace, spec }: ResourceOf<string, PolicySpec>, lookup: Lookup): readonly ServiceResource[] {
  const services = lookup.of(service);
  if (!spec.targetRefs) return services.inNamespace(namespace);
  return spec.targetRefs.flatMap((ref) => services.get(ref.namespace ?? namespace, ref.name) ?? []);
}

/** Whether a list of what is accepted takes all that another does; without a list everything is. */
export function holdsAll<Item>(wide: readonly Item[] | undefined, narrow: readonly Item[] | undefined): boolean {
  return wide === undefined || (narrow?.every((item) => wide.includes(item)) ?? false);
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
