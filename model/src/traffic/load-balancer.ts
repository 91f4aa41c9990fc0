import { z } from 'zod';
import { headerName, plainText } from '../scalars.js';
import { exactlyOne, later, laterField, object, oneOf, unique, written } from '../schema.js';
import { localityLbSetting } from './locality.js';
import { istioDuration, positiveIstioDuration } from './scalars.js';

/** `LEAST_CONN` is the old word for `LEAST_REQUEST`, which is also what Istio takes where nobody chose. */
const simple = later(
  oneOf('ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'UNSPECIFIED', 'LEAST_CONN', 'PASSTHROUGH'),
  (word) =>
    word === 'PASSTHROUGH' ? 'PASSTHROUGH, which needs the address that the caller meant to reach,' : undefined,
).transform((word) => (word === 'ROUND_ROBIN' || word === 'RANDOM' ? word : 'LEAST_REQUEST'));

/** Envoy makes no larger ring, and no table for another size. */
const ringSizeMax = 8 * 1024 * 1024;
const tableSizeMax = 5_000_011;

const ringSize = z.int().min(0).max(ringSizeMax);

const tableSize = z
  .int()
  .max(tableSizeMax)
  .refine(isPrime, { error: ({ input }) => `must be a prime number, ${input} is none: write for example 65537` });

const cookieName = z
  .string(written('the name of a cookie'))
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'is not the name of a cookie');

/** No `;`, with which another attribute would begin. */
const cookieText = plainText.regex(/^[^;]*$/, 'must not have ";" in it');

const httpCookie = object({
  name: cookieName,
  path: cookieText.optional(),
  ttl: istioDuration.refine((ms) => ms % 1000 === 0, 'must be whole seconds: cookies live no parts of one').optional(),
  attributes: unique(
    z.array(object({ name: cookieName, value: cookieText.optional() })),
    'name',
    ({ name }) => name,
  ).optional(),
}).refine(
  ({ ttl, path, attributes }) => ttl !== undefined || (path === undefined && attributes === undefined),
  'has no `ttl`, so that no cookie is ever made which could have a path or attributes: write `ttl: 0s` for one that lasts as long as the session',
);

const hashKeys = ['httpHeaderName', 'httpCookie', 'useSourceIp', 'httpQueryParameterName'] as const;

const consistentHash = exactlyOne(
  object({
    httpHeaderName: headerName.optional(),
    httpCookie: httpCookie.optional(),
    useSourceIp: z.literal(true, { error: () => 'write true, or another key to hash by' }).optional(),
    httpQueryParameterName: plainText.optional(),
    ringHash: object({ minimumRingSize: ringSize.optional() }).optional(),
    maglev: object({ tableSize: tableSize.optional() }).optional(),
    minimumRingSize: ringSize.optional(),
  }),
  hashKeys,
).superRefine(({ ringHash, maglev, minimumRingSize }, context) => {
  if ([ringHash, maglev, minimumRingSize].filter((way) => way !== undefined).length > 1)
    context.addIssue({ code: 'custom', message: 'write only one of ringHash, maglev and minimumRingSize' });
});
export type ConsistentHash = z.output<typeof consistentHash>;

const warmup = object({
  duration: positiveIstioDuration,
  minimumPercent: z.number().min(0).max(100).default(10),
  aggression: z
    .number()
    .refine((value) => value > 0, 'must be greater than 0')
    .default(1),
});

/** How an instance is chosen for a call. */
export const loadBalancer = object({
  simple: simple.optional(),
  consistentHash: consistentHash.optional(),
  localityLbSetting: localityLbSetting.optional(),
  zoneAwareLbSetting: laterField('zoneAwareLbSetting (write localityLbSetting instead)'),
  warmup: warmup.optional(),
  warmupDurationSecs: positiveIstioDuration.optional(),
}).superRefine(({ simple, consistentHash, warmup, warmupDurationSecs }, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (simple !== undefined && consistentHash !== undefined) refuse('write only one of simple and consistentHash');
  if (warmup !== undefined && warmupDurationSecs !== undefined)
    refuse('write only one of warmup and warmupDurationSecs, which is its old name');
  if ((warmup ?? warmupDurationSecs) !== undefined && (simple === 'RANDOM' || consistentHash !== undefined))
    refuse('has a warmup, which only ROUND_ROBIN and LEAST_REQUEST have: leave it out, or choose one of these');
});
export type LoadBalancer = z.output<typeof loadBalancer>;

function isPrime(value: number): boolean {
  for (let divisor = 2; divisor * divisor <= value; divisor++) if (value % divisor === 0) return false;
  return value > 1;
}
