import { z } from 'zod';
import { match } from '../match.js';
import { headerName, name, plainText, positiveDuration } from '../scalars.js';
import { exactlyOne, later, laterField, object, oneOf, unique } from '../schema.js';
import { policyFields, side } from './shape.js';

/** A million keys are 32 MB of counters; more wants a store of its own. */
const keysMaxMax = 1_000_000;

const namedPart = later(oneOf('service', 'route', 'consumer', 'address', 'path', 'method'), (part) =>
  part === 'route' ? 'counting by route' : undefined,
);
const valuePart = exactlyOne(
  object({ header: headerName.optional(), cookie: plainText.optional(), query: plainText.optional() }),
  ['header', 'cookie', 'query'],
);

const keyPart = z.union([namedPart, valuePart], {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? 'write service, consumer, address, path, method, {header: x}, {cookie: x} or {query: x}'
      : undefined,
});
export type KeyPart = z.output<typeof keyPart>;

const amount = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

const limit = object({
  name,
  match,
  key: z.array(keyPart).min(1, 'is empty, write [service] for one budget for all').max(8),
  requests: amount,
  per: positiveDuration,
  burst: amount.optional(),
  algorithm: oneOf('token-bucket', 'sliding-window').default('token-bucket'),
  headers: z.boolean().default(false),
  keysMax: z.int().min(1).max(keysMaxMax).default(10_000),
  concurrent: laterField('a limit of calls in flight (concurrent)'),
}).superRefine(({ algorithm, burst }, context) => {
  if (algorithm === 'sliding-window' && burst !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['burst'],
      message:
        'is not for a sliding window, which never admits more than requests; leave it out or write algorithm: token-bucket',
    });
});

/** How much, on either side of a call. All limits whose match fits apply; the tightest refusal answers. */
export const rateLimitPolicy = object({
  ...policyFields,
  side: side.default('provider'),
  limits: unique(z.array(limit).min(1), 'name', (item) => item.name),
  fairShares: laterField('sharing one budget fairly (fairShares)'),
});
export type RateLimitPolicySpec = z.output<typeof rateLimitPolicy>;
