import { z } from 'zod';
import { networks } from './networks.js';
import { packable } from './packed-rules.js';
import { policyFields } from './policy.js';

const rule = packable({ allow: networks.optional(), deny: networks.optional() });

const policy = z.strictObject({ ...policyFields, rules: z.array(rule).min(1) });
export type FilterAccess = z.input<typeof policy>;

export const accessSchema = z.array(policy);
