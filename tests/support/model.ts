import { checkFile, formatMistake, joinFiles } from '@tollgate/policies';

/** What the text of a policy file says; nothing may be wrong with it. */
export function modelOf(text: string) {
  const { model, mistakes } = joinFiles([checkFile('policies.yaml', text)]);
  if (mistakes.length > 0) throw new Error(mistakes.map(formatMistake).join('\n'));
  return model;
}
