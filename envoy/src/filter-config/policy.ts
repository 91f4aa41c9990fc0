import { z } from 'zod';
import { match } from './match.js';
import { hundredths, text } from './scalars.js';

const percent = z.strictObject({ percent: hundredths(100) });

export const mode = z
  .union([z.enum(['enforce', 'shadow']), percent])
  .default('enforce')
  .meta({ id: 'mode', description: 'enforce, shadow, or enforced for a stable share of the consumers' });

/** What the policies of every step have. */
export const policyFields = { namespace: text.default('default'), name: text, mode };

export const ruleFields = { name: text, match: match.optional() };
