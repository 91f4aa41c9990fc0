import { z } from 'zod';
import { object, written } from '../schema.js';
import { groupsOf, regex } from './regex.js';
import { headerText } from './scalars.js';

const uriRegexRewrite = object({
  match: regex,
  rewrite: z.string(written('a path such as /new/\\1')).pipe(headerText),
}).superRefine(({ match, rewrite }, context) => {
  const groups = groupsOf(match);
  const problem = groups === undefined ? undefined : substitutionProblem(rewrite, groups);
  if (problem !== undefined) context.addIssue({ code: 'custom', path: ['rewrite'], message: problem });
});

/** `\1` is what the first group matched, `\0` all of it, `\\` a backslash. */
function substitutionProblem(text: string, groups: number): string | undefined {
  for (const [, after = ''] of text.matchAll(/\\(.?)/gs)) {
    if (after === '\\') continue;
    if (!/\d/.test(after))
      return 'has a "\\" that stands before neither a digit nor a "\\", write \\\\ for a backslash';
    if (Number(after) > groups) return `has \\${after}, but \`match\` has only ${groups} groups`;
  }
  return undefined;
}

/** What is written anew of a request's path and host before it goes on. */
export const rewrite = object({
  uri: headerText.optional(),
  authority: headerText.optional(),
  uriRegexRewrite: uriRegexRewrite.optional(),
}).superRefine(({ uri, authority, uriRegexRewrite }, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (uri !== undefined && uriRegexRewrite !== undefined) refuse('write only one of uri and uriRegexRewrite');
  if (uri === undefined && uriRegexRewrite === undefined && authority === undefined)
    refuse('changes nothing, write uri, uriRegexRewrite or authority');
});
export type Rewrite = z.output<typeof rewrite>;
