import { z } from 'zod';
import { networks, policyFields, ruleFields } from './common.js';

const rule = z.strictObject({ ...ruleFields, allow: networks.optional(), deny: networks.optional() });

export const accessSchema = z.array(z.strictObject({ ...policyFields, rules: z.array(rule).min(1) }));
