import { counted, policiesOf } from '@tollgate/model';
import { countExamples, type FileMistake, formatMistake } from '@tollgate/policies';
import { checkForUse, loadPolicies } from '../load.js';
import type { Output } from '../output.js';

export async function validate(options: { file: string[] }, output: Output): Promise<void> {
  const policies = loadPolicies(options.file);
  const { model } = policies;
  const examples = countExamples(model);
  if (examples > 0) output.progress(`running ${counted(examples, 'example')} in the simulator`);
  const { absent } = await checkForUse(policies);
  const warnings: readonly FileMistake[] = absent;
  for (const warning of warnings) output.warn(formatMistake(warning));
  const counts = {
    services: model.of('Service').all.length,
    nodes: model.of('Node').all.length,
    policies: policiesOf(model).length,
    examples,
  };
  output.result(
    `valid: ${[
      counted(counts.services, 'service'),
      counted(counts.nodes, 'node'),
      counted(counts.policies, 'policy', 'policies'),
      counted(examples, 'example'),
    ].join(', ')} passed`,
    { valid: true, mistakes: [], ...(warnings.length > 0 ? { warnings } : {}), ...counts },
  );
}
