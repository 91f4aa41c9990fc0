import { checkFile, formatMistake, joinFiles, withPluginCode } from '@tollgate/policies';

/** What the text of a policy file says, with its plugins' modules; nothing may be wrong with it. */
export function modelOf(text: string, file = 'policies.yaml') {
  const policies = joinFiles([checkFile(file, text)]);
  const { mistakes } = policies;
  if (mistakes.length > 0) throw new Error(mistakes.map(formatMistake).join('\n'));
  return withPluginCode(policies).model;
}
