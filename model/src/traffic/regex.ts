import { RE2JS } from 're2js';
import { z } from 'zod';
import { written } from '../schema.js';

/** Istio's own bound. A longer one may grow into a program that Envoy takes seconds to compile. */
const regexMax = 1024;

/** An expression that Envoy, whose dialect is RE2, compiles: it exits at boot on any other. */
export const regex = z.string(written('a regular expression such as /orders/[0-9]+')).superRefine((text, context) => {
  const problem = regexProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

function regexProblem(text: string): string | undefined {
  if (text === '') return 'is empty, write a regular expression such as /orders/[0-9]+';
  if (text.length > regexMax) return `is longer than ${regexMax} characters`;
  try {
    RE2JS.compile(text);
    return undefined;
  } catch (cause) {
    const reason = (cause as Error).message.replace(/^error parsing regexp: /, '');
    return `is not a regular expression of RE2, which Envoy uses: ${reason}${advice(text)}`;
  }
}

/** What other dialects have, and users write most. */
function advice(text: string): string {
  if (/\(\?<?[=!]/.test(text))
    return '. RE2 has no lookaround: write what shall match, or another `match` before this one';
  if (/\\[1-9]/.test(text)) return '. RE2 has no references back to what a group matched';
  return '';
}

/** How many groups an expression captures; undefined where it is none. */
export function groupsOf(text: string): number | undefined {
  return regexProblem(text) === undefined ? RE2JS.compile(text).groupCount() : undefined;
}
