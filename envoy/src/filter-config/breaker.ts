import { bounds } from '@tollgate/model';
import { z } from 'zod';
import { policyFields, ruleFields } from './policy.js';
import { distinct, headerName, hundredths, whole } from './scalars.js';

const { countMax, durationMsMax, fallbackBodyMax, probesMax, windowMsMax } = bounds;

const share = hundredths(100).describe('In percent, with at most two decimals');

const trip = z
  .strictObject({
    consecutiveFailures: whole(1, countMax).optional(),
    failurePercent: share.optional(),
    slowPercent: share.optional(),
    slowAfterMs: whole(1, windowMsMax).optional(),
    requestsMin: whole(1, countMax).default(20),
  })
  .refine((any) => [any.consecutiveFailures, any.failurePercent, any.slowPercent].some((value) => value !== undefined))
  .refine(({ slowPercent, slowAfterMs }) => (slowPercent === undefined) === (slowAfterMs === undefined))
  .describe('At least one of consecutiveFailures, failurePercent and slowPercent; slowPercent with slowAfterMs');

const failures = z.strictObject({
  statuses: z.array(z.string().regex(/^[1-5](xx|[0-9]{2})$/)).default(['5xx']),
  grpc: z.array(whole(1, 16)).default([]),
  resets: z.boolean().default(true),
});

const open = z
  .strictObject({ forMs: whole(1, durationMsMax).default(10_000), forMaxMs: whole(1, durationMsMax).optional() })
  .refine(({ forMs, forMaxMs = forMs }) => forMaxMs >= forMs)
  .describe('forMaxMs is not less than forMs; left out, 300000 or forMs where that is more');

/** What Envoy frames an answer with, and what says why it is given, are not the policy's. */
const fallbackHeader = headerName.refine(
  (name) => !['content-length', 'transfer-encoding', 'connection', 'x-tollgate-reason'].includes(name.toLowerCase()),
);

const fallback = z.strictObject({
  status: whole(200, 599).default(200),
  headers: z.record(fallbackHeader, z.string().regex(/^[\x20-\x7e]*$/)).default({}),
  body: z
    .string()
    .refine((body) => Buffer.byteLength(body) <= fallbackBodyMax)
    .default(''),
});

const breaker = z.strictObject({
  ...ruleFields,
  windowMs: whole(1, windowMsMax).default(30_000),
  trip,
  failures: failures.optional(),
  open: open.optional(),
  probes: whole(1, probesMax).default(1),
  fallback: fallback.optional(),
});

const policy = z.strictObject({ ...policyFields, breakers: distinct(z.array(breaker).min(1), ({ name }) => name) });
export type FilterBreaker = z.input<typeof policy>;

export const breakerSchema = distinct(z.array(policy), ({ namespace, name }) => `${namespace}/${name}`);
