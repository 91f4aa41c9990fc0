import { type Policies, readPolicies } from '@tollgate/policies';
import { Mistakes } from './output.js';

/** Reads and checks the policy files; throws all their mistakes at once. */
export function loadPolicies(paths: readonly string[]): Policies {
  const policies = readPolicies(paths);
  if (policies.mistakes.length > 0) throw new Mistakes(policies.mistakes);
  return policies;
}
