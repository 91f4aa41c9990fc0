import type { AccessPolicySpec, Resource } from '@tollgate/model';
import type { FilterAccess } from '../filter-config.js';

/** Both sides decide the same way: by address. */
export function compileAccess(policy: Resource<'AccessPolicy'>): FilterAccess {
  const { mode, rules }: AccessPolicySpec = policy.spec;
  return { namespace: policy.namespace, name: policy.name, mode, rules };
}
