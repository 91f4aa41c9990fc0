import { TollgateError } from '@tollgate/model';
import { readPolicyFiles } from './directory.js';
import { FileChecker } from './file-checker.js';
import { type CheckedPolicies, joinFiles } from './policies.js';

/** Reads and checks the policy files under these files and directories. */
export function readPolicies(paths: readonly string[]): CheckedPolicies {
  const files = new FileChecker().check(readPolicyFiles(paths));
  const policies = joinFiles(files);
  if (policies.mistakes.length === 0 && files.every(({ resources }) => resources.length === 0)) {
    throw new TollgateError(
      'input_invalid',
      `there are no policies in ${paths.join(', ')}: write *.yaml, *.yml or *.json files there`,
    );
  }
  return policies;
}
