import {
  type CheckedPolicies,
  type CheckedSecrets,
  checkExamples,
  checkSecrets,
  formatMistake,
  type Policies,
  readPolicies,
} from '@tollgate/policies';
import { Mistakes, type Output } from './output.js';

/** Reads and checks the policy files; throws all their mistakes at once, and warns of what a person should know. */
export function loadPolicies(paths: readonly string[], output: Output): CheckedPolicies {
  const policies = readPolicies(paths);
  if (policies.mistakes.length > 0) throw new Mistakes(policies.mistakes);
  for (const warning of policies.warnings) output.warn(formatMistake(warning));
  return policies;
}

/** The mistakes that show only with what lies around the policies, all at once: their secrets, key sets and examples. */
export async function checkForUse(
  policies: Policies,
  { examples = true } = {},
): Promise<Omit<CheckedSecrets, 'mistakes'>> {
  const { mistakes: wrong, ...missing } = checkSecrets(policies, process.env);
  const red = examples ? await checkExamples(policies.model) : [];
  const mistakes = [...wrong, ...red.map((mistake) => policies.sources.locate(mistake))];
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  return missing;
}
