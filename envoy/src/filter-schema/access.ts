import { z } from 'zod';
import { networks, policyFields } from './common.js';
import { packable } from './packed-rules.js';

const rule = packable({ allow: networks.optional(), deny: networks.optional() });

export const accessSchema = z.array(z.strictObject({ ...policyFields, rules: z.array(rule).min(1) }));
