import { z } from 'zod';
import { headerName } from '../scalars.js';
import { object, written } from '../schema.js';
import { headerFormatProblem } from './header-format.js';
import { headerText } from './scalars.js';

const hostNames = ['host', ':authority'];

/** Envoy keeps `Host` and what begins with `:` to itself, but for the host of a request, which it can write anew. */
const ownField = 'is not a header that can be changed';
const changedName = headerName.refine((text) => !hostNames.includes(text), `${ownField}: \`rewrite\` changes the host`);
const hostOrName = z.union([z.literal(':authority'), headerName], {
  error: ({ input }) =>
    String(input).startsWith(':')
      ? `${ownField}, but for :authority`
      : 'is not a header name, write for example x-version',
});

const headerValue = z
  .string(written('text'))
  .pipe(z.union([z.literal(''), headerText]))
  .superRefine((text, context) => {
    const problem = headerFormatProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const values = (key: z.ZodType<string, string>) => z.record(key, headerValue).default({});

const requestOperations = object({
  set: values(hostOrName),
  add: values(hostOrName),
  remove: z.array(changedName).default([]),
}).superRefine(({ set, add }, context) => {
  const hosts = [set, add].flatMap((values) => Object.keys(values).filter((field) => hostNames.includes(field)));
  if (hosts.length > 1) context.addIssue({ code: 'custom', message: 'writes the host more than once' });
});

const responseOperations = object({
  set: values(changedName),
  add: values(changedName),
  remove: z.array(changedName).default([]),
});

/** What is changed of the headers before the call goes on, and before its answer comes back. */
export const headerOperations = object({
  request: requestOperations.optional(),
  response: responseOperations.optional(),
});
export type HeaderOperations = z.output<typeof headerOperations>;

/** The host that these operations write, which is no header to Envoy. `set` counts over `add`. */
export function hostSetBy(operations: HeaderOperations | undefined): string | undefined {
  const { set = {}, add = {} } = operations?.request ?? {};
  for (const values of [set, add]) for (const name of hostNames) if (values[name]) return values[name];
  return undefined;
}

/** Whether an operation is on the host, which is no header to Envoy. */
export function isHost(name: string): boolean {
  return hostNames.includes(name);
}
