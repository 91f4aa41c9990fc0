import { FileChecker, readPolicyFiles } from '@tollgate/control/store/directory';
import { buildModel, type Model, TollgateError } from '@tollgate/model';
import { Mistakes } from './output.js';

/** Reads and checks the policy files; throws all their mistakes at once. */
export function loadModel(paths: readonly string[]): Model {
  const files = new FileChecker().check(readPolicyFiles(paths));
  const { model, mistakes } = buildModel(files);
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  if (files.every(({ resources }) => resources.length === 0)) {
    throw new TollgateError(
      'input_invalid',
      `there are no policies in ${paths.join(', ')}: write *.yaml, *.yml or *.json files there`,
    );
  }
  return model;
}
