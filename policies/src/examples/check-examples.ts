import { type Mistake, type Model, mistake, type Policy, policiesOf } from '@tollgate/model';

/** Runs the examples that policies carry, each by itself against its own policy. A red one is a mistake at its place. */
export async function checkExamples(
  model: Model,
  wanted: (policy: Policy) => boolean = () => true,
): Promise<Mistake[]> {
  const mistakes: Mistake[] = [];
  for (const policy of policiesOf(model).filter(wanted)) {
    for (const [index, example] of policy.spec.examples.entries()) {
      // Loaded only here: with it comes the simulator.
      const { runExample } = await import('./run-example.js');
      const problem = await runExample(model, policy, example);
      if (problem) mistakes.push(mistake(policy, ['spec', 'examples', index], problem));
    }
  }
  return mistakes;
}

export function countExamples(model: Model): number {
  return policiesOf(model).reduce((count, policy) => count + policy.spec.examples.length, 0);
}
