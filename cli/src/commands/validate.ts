import { counted } from '@tollgate/model';
import { countExamples, formatMistake } from '@tollgate/policies';
import { checkForUse, loadPolicies } from '../load.js';
import type { Output } from '../output.js';

export async function validate(options: { file: string[] }, output: Output): Promise<void> {
  const policies = loadPolicies(options.file, output);
  const { model } = policies;
  const examples = countExamples(model);
  if (examples > 0) output.progress(`running ${counted(examples, 'example')} in the simulator`);
  const { absent, unset } = await checkForUse(policies);
  const warnings = [...policies.warnings, ...absent];
  for (const warning of [...absent, ...unset]) output.warn(formatMistake(warning));
  const counts = {
    services: model.of('Service').all.length,
    nodes: model.of('Node').all.length,
    policies: model.resources.filter(({ kind }) => kind !== 'Service' && kind !== 'Node').length,
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
