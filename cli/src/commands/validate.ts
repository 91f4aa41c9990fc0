import { counted, policiesOf } from '@tollgate/model';
import { checkExamples, countExamples } from '@tollgate/policies';
import { loadPolicies } from '../load.js';
import { Mistakes, type Output } from '../output.js';

export async function validate(options: { file: string[] }, output: Output): Promise<void> {
  const { model, sources } = loadPolicies(options.file);
  const examples = countExamples(model);
  if (examples > 0) output.progress(`running ${counted(examples, 'example')} in the simulator`);
  const red = await checkExamples(model);
  if (red.length > 0) throw new Mistakes(red.map((mistake) => sources.locate(mistake)));
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
    { valid: true, mistakes: [], ...counts },
  );
}
