import { bounds } from '@tollgate/model';
import { z } from 'zod';
import { accessSchema } from './access.js';
import { breakerSchema } from './breaker.js';
import { jwtSchema } from './jwt.js';
import { paths } from './match.js';
import { rateLimitSchema } from './ratelimit.js';
import { distinct, text, whole } from './scalars.js';
import { signingSchema, verifyingSchema } from './token.js';

/** The steps in the order in which they decide, each with the schema of its policies on either side. */
const steps = {
  access: { provider: accessSchema, consumer: accessSchema },
  token: { provider: verifyingSchema, consumer: signingSchema },
  jwt: { provider: jwtSchema, consumer: jwtSchema },
  ratelimit: { provider: rateLimitSchema, consumer: rateLimitSchema },
  breaker: { provider: breakerSchema, consumer: breakerSchema },
};

type StepName = keyof typeof steps;
export type FilterSide = 'provider' | 'consumer';
export type FilterName = StepName | 'governance' | 'tcp';

function side<Side extends FilterSide, Name extends StepName>(side: Side, names: Name[], only = side === 'provider') {
  const policies = Object.fromEntries(names.map((name) => [name, steps[name][side].optional()])) as {
    [Each in Name]: z.ZodOptional<(typeof steps)[Each][Side]>;
  };
  const targets = z.array(z.strictObject({ service: text, paths: paths.optional(), ...policies }));
  return z.strictObject({
    side: z.literal(side),
    service: z.string().regex(/^[^:]+$/),
    trustedHops: whole(0, bounds.trustedHopsMax).default(0),
    targets: distinct(only ? targets.length(1) : targets, (target) => (target as { service: string }).service),
  });
}

function filter<Name extends StepName>(title: string, ...names: Name[]) {
  return z
    .discriminatedUnion('side', [side('provider', names), side('consumer', names)])
    .meta({ title: `Configuration of ${title}.wasm` });
}

export const governanceSchema = filter('governance', ...(Object.keys(steps) as StepName[]));

/**
 * What the governance filter is configured with: the JSON that stands in Envoy's plugin configuration. `service` is whose proxy
 * it is; on the consumer side that is the caller, and so the consumer's identity. The provider's side has one target, the
 * consumer's one for each governed service, named as Envoy's virtual host.
 */
export type FilterConfig = z.input<typeof governanceSchema>;
export type FilterTarget<Side extends FilterSide = FilterSide> = Targets[Side];

type Targets = { [Side in FilterSide]: Extract<FilterConfig, { side: Side }>['targets'][number] };

/** Connections of one listener, which all lead to one service. */
export const tcpSchema = z
  .discriminatedUnion('side', [
    side('provider', ['access', 'ratelimit'], true),
    side('consumer', ['access', 'ratelimit'], true),
  ])
  .meta({ title: 'Configuration of tcp.wasm' });

const alone = Object.fromEntries(
  (Object.keys(steps) as StepName[]).map((name) => [name, filter(name, name)]),
) as unknown as Record<StepName, z.ZodType>;

/**
 * The configuration of each filter, as the filter itself takes and refuses it: tests/filters/configuration.test.ts holds the
 * two together. What only the machine knows where it runs, whether an environment variable is set, is the filter's alone.
 */
export const filterSchemas: Record<FilterName, z.ZodType> = {
  ...alone,
  governance: governanceSchema,
  tcp: tcpSchema,
};

/** The JSON Schema of a filter's configuration, which stands beside the filter as `schema.json`. */
export function jsonSchemaOf(name: FilterName): object {
  const schema = z.toJSONSchema(filterSchemas[name], { io: 'input', reused: 'inline' });
  return { $id: `https://tollgate.dev/filters/${name}/schema.json`, ...schema };
}
