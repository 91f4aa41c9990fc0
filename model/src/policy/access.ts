import { z } from 'zod';
import { match } from '../match.js';
import { networkHolds } from '../network.js';
import { cidr, name } from '../scalars.js';
import { object, unique } from '../schema.js';
import { overlap, policyFields, policyKind, side } from './shape.js';

const networks = z.array(cidr).min(1, 'is empty, leave it out or name a network');

const rule = object({ name, match, allow: networks.optional(), deny: networks.optional(), overlap });
type Rule = z.output<typeof rule>;

/** Who may come in, by address. Deny wins; an allow list refuses what it does not name. */
const spec = object({
  ...policyFields,
  side: side.default('provider'),
  rules: unique(z.array(rule).min(1), 'name', (item) => item.name),
});
export type AccessPolicySpec = z.output<typeof spec>;

export const accessPolicy = policyKind({
  kind: 'AccessPolicy',
  step: 'access',
  spec,
  ruled: 'rules',
  opens,
  unknowable: () => [],
  networks: ({ spec: { rules } }) =>
    rules.flatMap((rule, index) =>
      (['allow', 'deny'] as const).flatMap((field) =>
        (rule[field] ?? []).map((name, at) => ({ path: ['spec', 'rules', index, field, at], name })),
      ),
    ),
});

/** Whether an address passes the one rule that the other refuses; networks are compared one by one. */
function opens(earlier: Rule, later: Rule): boolean {
  const denied = (network: string) => (earlier.deny ?? []).some((wide) => networkHolds(wide, network));
  const mayPass = (network: string) =>
    earlier.allow?.some((wide) => networkHolds(wide, network) || networkHolds(network, wide)) ?? true;
  if (later.deny?.some((network) => !denied(network) && mayPass(network))) return true;
  const { allow } = later;
  if (!allow) return false;
  const beyond = (network: string) => !denied(network) && !allow.some((wide) => networkHolds(wide, network));
  return earlier.allow?.some(beyond) ?? true;
}
