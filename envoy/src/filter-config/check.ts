import { TollgateError } from '@tollgate/model';
import type { z } from 'zod';
import { type FilterConfig, governanceSchema } from './index.js';

/**
 * Throws where the governance filter would refuse its configuration: Envoy does not start with such a one, and a running Envoy
 * goes on without the rules. A checked model leads to none, so it is a fault of the compiler. `text` is the configuration as
 * it is emitted.
 */
export function checkFilterConfig(text: string): void {
  const config = JSON.parse(text) as FilterConfig;
  const checked = governanceSchema.safeParse(config);
  if (checked.success) return;
  const { side, service } = config;
  throw new TollgateError(
    'internal',
    `the filter on the ${side} side of ${service} would refuse what was compiled for it`,
    {
      details: checked.error.issues.flatMap((issue) => linesOf(issue, [])),
    },
  );
}

/** A value that may be one of several is told with what each of them wants. */
function linesOf(issue: z.core.$ZodIssue, above: PropertyKey[]): string[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return issue.errors.flatMap((branch) => branch.flatMap((inner) => linesOf(inner, path)));
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return [`$${place}: ${issue.message}`];
}
