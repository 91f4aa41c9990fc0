import { checkExamples, checkSecrets, type FileMistake, type Policies, readPolicies } from '@tollgate/policies';
import { Mistakes } from './output.js';

/** Reads and checks the policy files; throws all their mistakes at once. */
export function loadPolicies(paths: readonly string[]): Policies {
  const policies = readPolicies(paths);
  if (policies.mistakes.length > 0) throw new Mistakes(policies.mistakes);
  return policies;
}

/** The mistakes that show only with what lies around the policies, all at once: their secrets, key sets and examples. */
export async function checkForUse(policies: Policies): Promise<{ absent: readonly FileMistake[] }> {
  const secrets = checkSecrets(policies, process.env);
  const red = await checkExamples(policies.model);
  const mistakes = [...secrets.mistakes, ...red.map((mistake) => policies.sources.locate(mistake))];
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  return { absent: secrets.warnings };
}
