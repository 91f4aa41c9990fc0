import type { AccessPolicySpec, Resource } from '@tollgate/model';
import type { FilterAccess } from '../filter-config.js';
import { compileMatch } from './match.js';
import { compileNetworks } from './networks.js';
import { packRules } from './packed-rules.js';

/** Both sides decide the same way: by address. */
export function compileAccess(policy: Resource<'AccessPolicy'>): FilterAccess {
  const { mode, rules }: AccessPolicySpec = policy.spec;
  return { namespace: policy.namespace, name: policy.name, mode, rules: packRules(rules.map(compileRule)) };
}

function compileRule({ name, match, allow, deny }: AccessPolicySpec['rules'][number]) {
  return {
    name,
    ...compileMatch(match),
    ...(allow ? { allow: compileNetworks(allow) } : {}),
    ...(deny ? { deny: compileNetworks(deny) } : {}),
  };
}
