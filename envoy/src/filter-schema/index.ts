import { bounds } from '@tollgate/model';
import { z } from 'zod';
import { accessSchema } from './access.js';
import { breakerSchema } from './breaker.js';
import { distinct, paths, text, whole } from './common.js';
import { jwtSchema } from './jwt.js';
import { rateLimitSchema } from './ratelimit.js';
import { signingSchema, verifyingSchema } from './token.js';

const steps = {
  access: { provider: accessSchema, consumer: accessSchema },
  token: { provider: verifyingSchema, consumer: signingSchema },
  jwt: { provider: jwtSchema, consumer: jwtSchema },
  ratelimit: { provider: rateLimitSchema, consumer: rateLimitSchema },
  breaker: { provider: breakerSchema, consumer: breakerSchema },
};

export type FilterName = keyof typeof steps | 'governance';

function side<Side extends 'provider' | 'consumer'>(side: Side, names: (keyof typeof steps)[]) {
  const policies = Object.fromEntries(names.map((name) => [name, steps[name][side].optional()]));
  const targets = z.array(z.strictObject({ service: text, paths: paths.optional(), ...policies }));
  return z.strictObject({
    side: z.literal(side),
    service: z.string().regex(/^[^:]+$/),
    trustedHops: whole(0, bounds.trustedHopsMax).default(0),
    targets: distinct(side === 'provider' ? targets.length(1) : targets, ({ service }) => service as string),
  });
}

function filter(title: string, ...names: (keyof typeof steps)[]) {
  return z
    .discriminatedUnion('side', [side('provider', names), side('consumer', names)])
    .meta({ title: `Configuration of ${title}.wasm` });
}

/**
 * The configuration of each filter, as the filter itself takes and refuses it: tests/filters/configuration.test.ts holds the
 * two together. What only the machine knows where it runs, whether an environment variable is set, is the filter's alone.
 */
export const filterSchemas: Record<FilterName, z.ZodType> = {
  access: filter('access', 'access'),
  token: filter('token', 'token'),
  jwt: filter('jwt', 'jwt'),
  ratelimit: filter('ratelimit', 'ratelimit'),
  breaker: filter('breaker', 'breaker'),
  governance: filter('governance', 'access', 'token', 'jwt', 'ratelimit', 'breaker'),
};

/** The JSON Schema of a filter's configuration, which stands beside the filter as `schema.json`. */
export function jsonSchemaOf(name: FilterName): object {
  const schema = z.toJSONSchema(filterSchemas[name], { io: 'input', reused: 'inline' });
  return { $id: `https://tollgate.dev/filters/${name}/schema.json`, ...schema };
}
