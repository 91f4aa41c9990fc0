import { z } from 'zod';
import { name, port } from '../scalars.js';
import { object, oneOf, written } from '../schema.js';
import { labels } from './labels.js';
import { absentMatch, fieldMatch, stringMatch, uriMatch } from './string-match.js';

/** Istio takes no notice of conditions on headers of these names. */
const ignoredNames = ['uri', 'scheme', 'method', 'authority'];
const pseudoHeaders = [':method', ':scheme', ':authority', ':path'];

const conditionName = z.string(written('a header name such as x-request-id')).transform((text, context) => {
  const lower = text.toLowerCase();
  const problem = conditionNameProblem(lower);
  if (problem === undefined) return lower;
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
});

function conditionNameProblem(text: string): string | undefined {
  if (pseudoHeaders.includes(text)) return undefined;
  if (text.startsWith('@request.auth.claims'))
    return 'routes by the claims of a token, which Istio does at gateways only: let a RequestAuthentication write the claim into a header, and ask for that';
  if (ignoredNames.includes(text)) return `is not looked at by Istio: write \`${text}\` beside \`headers\``;
  return /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/.test(text)
    ? undefined
    : 'is not a header name, write for example x-request-id';
}

const parameterName = z.string(written('the name of a parameter')).min(1).max(1024);

/** The calls on which a route is taken: all of the conditions must hold. */
export const httpMatch = object({
  name: z.string().min(1).optional(),
  uri: uriMatch.optional(),
  ignoreUriCase: z.boolean().default(false),
  scheme: stringMatch.optional(),
  method: stringMatch.optional(),
  authority: stringMatch.optional(),
  headers: z.record(conditionName, fieldMatch).default({}),
  withoutHeaders: z.record(conditionName, absentMatch).default({}),
  queryParams: z.record(parameterName, fieldMatch).default({}),
  port: port.optional(),
  sourceLabels: labels.default({}),
  sourceNamespace: name.optional(),
  gateways: z.array(oneOf('mesh')).default([]),
  statPrefix: z.string().min(1).optional(),
});
export type HttpMatch = z.output<typeof httpMatch>;
