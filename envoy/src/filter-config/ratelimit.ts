import { bounds } from '@tollgate/model';
import { z } from 'zod';
import { consumer } from './match.js';
import { policyFields, ruleFields } from './policy.js';
import { distinct, headerName, hundredths, text, whole } from './scalars.js';

const { amountMax, keysMaxMax, perMsMax, weightMax } = bounds;

const keyPart = z.union([
  z.enum(['service', 'route', 'consumer', 'address', 'path', 'method']),
  z.strictObject({ header: headerName }),
  z.strictObject({ cookie: text }),
  z.strictObject({ query: text }),
]);

const cost = z
  .union([
    whole(1, amountMax),
    z
      .strictObject({
        header: headerName,
        default: whole(1, amountMax).default(1),
        max: whole(1, amountMax).default(amountMax),
      })
      .refine(({ default: otherwise, max }) => otherwise <= max, { path: ['default'] }),
  ])
  .optional()
  .describe('What a call spends: so much, or what the header says');

const fields = {
  ...ruleFields,
  name: text.refine((name) => name !== 'fairShares'),
  key: z.array(keyPart).max(8).default([]),
  headers: z.boolean().default(false),
  keysMax: whole(1, keysMaxMax).default(10_000),
};
const rate = { requests: whole(0, amountMax), perMs: whole(1, perMsMax) };
const spent = { ...fields, ...rate, cost };

const limit = z.union([
  z.strictObject({
    ...spent,
    algorithm: z.literal('token-bucket').default('token-bucket'),
    burst: whole(0, amountMax).default(0),
  }),
  z.strictObject({ ...spent, algorithm: z.literal('sliding-window') }),
  z.strictObject({ ...fields, concurrent: whole(0, amountMax) }),
]);

const weight = hundredths(weightMax).refine((value) => value > 0);
const fairShares = z
  .strictObject({
    ...rate,
    weights: z.record(consumer.describe('As in match, or * for each that is not named'), weight).default({}),
  })
  .describe('One budget, shared by consumers');

const policy = z
  .strictObject({
    ...policyFields,
    limits: distinct(z.array(limit).min(1), ({ name }) => name).optional(),
    fairShares: fairShares.optional(),
  })
  .refine(({ limits, fairShares: shares }) => limits !== undefined || shares !== undefined, { path: ['limits'] });
export type FilterRateLimit = z.input<typeof policy>;

export const rateLimitSchema = distinct(z.array(policy), ({ namespace, name }) => `${namespace}/${name}`);
