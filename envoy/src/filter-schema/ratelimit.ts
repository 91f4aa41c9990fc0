import { z } from 'zod';
import { distinct, headerName, policyFields, ruleFields, text, whole } from './common.js';

const countMax = 4_294_967_295;

const keyPart = z.union([
  z.enum(['service', 'consumer', 'address', 'path', 'method']),
  z.strictObject({ header: headerName }),
  z.strictObject({ cookie: text }),
  z.strictObject({ query: text }),
]);

const fields = {
  ...ruleFields,
  key: z.array(keyPart).max(8).default([]),
  headers: z.boolean().default(false),
  keysMax: whole(1, 1_048_576).default(10_000),
};
const rate = { requests: whole(0, countMax), perMs: whole(1, 31_622_400_000) };

const limit = z.union([
  z.strictObject({
    ...fields,
    ...rate,
    algorithm: z.literal('token-bucket').default('token-bucket'),
    burst: whole(0, countMax).default(0),
  }),
  z.strictObject({ ...fields, ...rate, algorithm: z.literal('sliding-window') }),
  z.strictObject({ ...fields, concurrent: whole(0, countMax) }),
]);

const policy = z.strictObject({ ...policyFields, limits: distinct(z.array(limit).min(1), ({ name }) => name) });

export const rateLimitSchema = distinct(z.array(policy), ({ namespace, name }) => `${namespace}/${name}`);
