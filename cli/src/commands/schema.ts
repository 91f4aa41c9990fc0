import { writeFileSync } from 'node:fs';
import { policyJsonSchema } from '@tollgate/model';
import type { Output } from '../output.js';

/** Prints the JSON Schema of the policy language. */
export function schema(options: { output?: string }, output: Output): void {
  const made = policyJsonSchema();
  const text = JSON.stringify(made, null, 2);
  if (options.output === undefined) {
    output.result(text, made);
    return;
  }
  writeFileSync(options.output, `${text}\n`);
  output.result(`wrote ${options.output}`, { file: options.output });
}
