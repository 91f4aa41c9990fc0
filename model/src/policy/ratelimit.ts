import { z } from 'zod';
import { amountMax, isHundredths, keysMaxMax, perMsMax, weightMax, weightMin } from '../bounds.js';
import { consumerName, match } from '../match.js';
import { type Mistake, warning } from '../mistake.js';
import type { ResourceOf } from '../resource.js';
import { headerName, name, plainText, positiveDurationTo } from '../scalars.js';
import { exactlyOne, object, oneOf, unique } from '../schema.js';
import type { Unknowable } from './plain-tcp.js';
import { policyFields, policyKind, side } from './shape.js';

const namedPart = oneOf('service', 'route', 'consumer', 'address', 'path', 'method');
const valuePart = exactlyOne(
  object({ header: headerName.optional(), cookie: plainText.optional(), query: plainText.optional() }),
  ['header', 'cookie', 'query'],
);

const keyPart = z.union([namedPart, valuePart], {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? 'write service, route, consumer, address, path, method, {header: x}, {cookie: x} or {query: x}'
      : undefined,
});
export type KeyPart = z.output<typeof keyPart>;

const amount = z.int().min(0).max(amountMax);
const spent = z.int().min(1).max(amountMax);
const period = positiveDurationTo(perMsMax);

/** What a call spends: a number, or what a header says. */
const cost = z.union(
  [
    spent,
    object({ header: headerName, default: spent.default(1), max: spent.default(amountMax) }).refine(
      (given) => given.default <= given.max,
      { path: ['default'], message: 'must not be more than max' },
    ),
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? 'write a whole number from 1, or {header: x-cost, default: 1, max: 100}'
        : undefined,
  },
);
export type Cost = z.output<typeof cost>;

/** As written: which fields go together is told apart below. */
const written = object({
  name,
  match,
  key: z.array(keyPart).min(1, 'is empty, write [service] for one budget for all').max(8),
  requests: amount.optional(),
  per: period.optional(),
  burst: amount.optional(),
  algorithm: oneOf('token-bucket', 'sliding-window').optional(),
  concurrent: amount.optional(),
  cost: cost.optional(),
  headers: z.boolean().default(false),
  keysMax: z.int().min(1).max(keysMaxMax).default(10_000),
});
type Written = z.output<typeof written>;

/** Either so many calls in a period, or so many at once. */
const limit = written.superRefine(checkAmounts).transform((given) => {
  const { requests = 0, per = 0, burst = 0, algorithm = 'token-bucket', concurrent, ...limit } = given;
  if (concurrent !== undefined) return { ...limit, concurrent };
  return { ...limit, requests, per, algorithm, ...(algorithm === 'token-bucket' ? { burst } : {}) };
});

function checkAmounts(limit: Written, context: z.RefinementCtx): void {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const { requests, per, algorithm, burst, concurrent } = limit;
  if (concurrent !== undefined) {
    for (const field of ['requests', 'per', 'burst', 'algorithm', 'cost'] as const)
      if (limit[field] !== undefined)
        refuse(
          [field],
          'cannot be combined with concurrent: write one limit with requests and per, and another with concurrent',
        );
  } else if (requests === undefined && per === undefined) {
    refuse([], 'has no amount, write requests and per, or concurrent');
  } else if (requests === undefined || per === undefined) {
    refuse([], `has ${requests === undefined ? 'per' : 'requests'} only, write both requests and per`);
  }
  if (algorithm === 'sliding-window' && burst !== undefined)
    refuse(
      ['burst'],
      'cannot be used with a sliding window, which never admits more than requests: leave it out or write algorithm: token-bucket',
    );
}

const weight = z.number().min(weightMin).max(weightMax).refine(isHundredths, 'has more than two decimal places');

const fairShares = object({
  requests: amount,
  per: period,
  weights: z.record(z.union([z.literal('*'), consumerName]), weight).default({}),
});
export type FairShares = z.output<typeof fairShares>;

/** Refusals name a limit by policy and limit, and the shared budget by this. */
export const fairSharesName = 'fairShares';

const limits = unique(z.array(limit).min(1), 'name', (item) => item.name).superRefine((items, context) => {
  items.forEach(({ name }, index) => {
    if (name === fairSharesName)
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `"${name}" is the name of the shared budget (fairShares), choose another`,
      });
  });
});

/** How much, on either side of a call. All limits whose match fits apply; the tightest refusal answers. */
const spec = object({
  ...policyFields,
  side: side.default('provider'),
  limits: limits.optional(),
  fairShares: fairShares.optional(),
})
  .refine(({ limits, fairShares }) => limits || fairShares, 'has neither limits nor fairShares, write one of them')
  .transform(({ limits = [], ...policy }) => ({ ...policy, limits }));
export type RateLimitPolicySpec = z.output<typeof spec>;

export const rateLimitPolicy = policyKind({
  kind: 'RateLimitPolicy',
  step: 'ratelimit',
  spec,
  ruled: 'limits',
  check: (policies) => policies.all.flatMap(hollowLimits),
  unknowable,
  consumers: ({ spec: { fairShares } }) =>
    Object.keys(fairShares?.weights ?? {})
      .filter((name) => name !== '*')
      .map((name) => ({ path: ['spec', 'fairShares', 'weights', name], name })),
});

/** How much a limit admits: so many calls in a period, or so many at once. */
export type RateLimitAmounts =
  | { requests: number; per: number; algorithm: 'token-bucket' | 'sliding-window'; burst?: number }
  | { concurrent: number };

/** Limits whose numbers say together what nobody would say on purpose. */
function hollowLimits(policy: ResourceOf<'RateLimitPolicy', RateLimitPolicySpec>): Mistake[] {
  return policy.spec.limits.flatMap((limit, index) => {
    const told = (field: string[], message: string) => [warning(policy, ['spec', 'limits', index, ...field], message)];
    if ('concurrent' in limit) return [];
    const { requests, burst = 0, cost = 1 } = limit;
    if (requests === 0 && burst > 0)
      return told(['requests'], `0 refills nothing: once the burst of ${burst} is spent, every call is refused`);
    const capacity = requests + burst;
    const least = typeof cost === 'number' ? cost : cost.default;
    if (capacity === 0 || least <= capacity) return [];
    const field = typeof cost === 'number' ? ['cost'] : ['cost', 'default'];
    return told(field, `${least} is more than the limit ever has (${capacity}), so such a call is always refused`);
  });
}

const keysOfConnections: readonly KeyPart[] = ['service', 'consumer', 'address'];

/** Connections are counted while they last; of calls within them nobody knows. */
function unknowable({
  spec: { limits, fairShares },
}: ResourceOf<'RateLimitPolicy', RateLimitPolicySpec>): Unknowable[] {
  const shares = fairShares
    ? [{ path: ['spec', 'fairShares'], message: 'fair shares are of calls, write a limit with concurrent' }]
    : [];
  const ofLimits = limits.flatMap((limit, index): Unknowable[] => {
    const path = ['spec', 'limits', index];
    if (!('concurrent' in limit))
      return [
        {
          path: [...path, 'requests'],
          message: 'nobody counts calls there, write concurrent, which counts connections',
        },
      ];
    const keys = limit.key.flatMap((part, at) =>
      keysOfConnections.includes(part)
        ? []
        : [
            {
              path: [...path, 'key', at],
              message: `a connection has no ${partName(part)}, write service, consumer or address`,
            },
          ],
    );
    const headers = limit.headers ? [{ path: [...path, 'headers'], message: 'there are no headers to write to' }] : [];
    return [...keys, ...headers];
  });
  return [...ofLimits, ...shares];
}

const partName = (part: KeyPart) => (typeof part === 'string' ? part : Object.keys(part)[0]);
