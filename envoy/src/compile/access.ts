import type { AccessPolicySpec, PathReading, Resource } from '@tollgate/model';
import type { FilterAccess } from '../filter-config/access.js';
import { compileMatch } from './match.js';
import { compileNetworks } from './networks.js';
import { packRules } from './packed-rules.js';

/** Both sides decide the same way: by address. */
export function compileAccess(policy: Resource<'AccessPolicy'>, reading?: PathReading): FilterAccess {
  const { mode, rules }: AccessPolicySpec = policy.spec;
  const compiled = rules.map((rule) => compileRule(rule, reading));
  return { namespace: policy.namespace, name: policy.name, mode, rules: packRules(compiled) };
}

function compileRule({ name, match, allow, deny }: AccessPolicySpec['rules'][number], reading?: PathReading) {
  return {
    name,
    ...compileMatch(match, reading),
    ...(allow ? { allow: compileNetworks(allow) } : {}),
    ...(deny ? { deny: compileNetworks(deny) } : {}),
  };
}
