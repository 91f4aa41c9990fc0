import { z } from 'zod';
import { match } from '../match.js';
import { cidr, name } from '../scalars.js';
import { object, unique } from '../schema.js';
import { policyFields, policyKind, side } from './shape.js';

const networks = z.array(cidr).min(1, 'is empty, leave it out or name a network');

const rule = object({ name, match, allow: networks.optional(), deny: networks.optional() });

/** Who may come in, by address. Deny wins; an allow list refuses what it does not name. */
const spec = object({
  ...policyFields,
  side: side.default('provider'),
  rules: unique(z.array(rule).min(1), 'name', (item) => item.name),
});
export type AccessPolicySpec = z.output<typeof spec>;

export const accessPolicy = policyKind({ kind: 'AccessPolicy', step: 'access', spec, ruled: 'rules' });
