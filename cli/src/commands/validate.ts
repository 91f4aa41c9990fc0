import { policiesOf } from '@tollgate/model';
import { checkExamples, countExamples } from '@tollgate/policies';
import { loadPolicies } from '../load.js';
import { Mistakes, type Output } from '../output.js';

export async function validate(options: { file: string[] }, output: Output): Promise<void> {
  const { model, sources } = loadPolicies(options.file);
  const examples = countExamples(model);
  if (examples > 0) output.progress(`running ${examples} examples in the simulator`);
  const red = await checkExamples(model);
  if (red.length > 0) throw new Mistakes(red.map((mistake) => sources.locate(mistake)));
  const counts = {
    services: model.of('Service').all.length,
    nodes: model.of('Node').all.length,
    policies: policiesOf(model).length,
    examples,
  };
  output.result(
    `valid: ${counts.services} services, ${counts.nodes} nodes, ${counts.policies} policies, ${examples} examples green`,
    { valid: true, mistakes: [], ...counts },
  );
}
