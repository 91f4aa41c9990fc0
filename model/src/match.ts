import { z } from 'zod';
import { hostPattern } from './host-name.js';
import { methods } from './methods.js';
import { didYouMean } from './near-word.js';
import { cidr, exactPath, headerName, pathPrefix, pathSuffix, plainText } from './scalars.js';
import { describe, exactlyOne, object, written } from './schema.js';

const path = exactlyOne(
  object({ exact: exactPath.optional(), prefix: pathPrefix.optional(), suffix: pathSuffix.optional() }),
  ['exact', 'prefix', 'suffix'],
);

const headerCondition = exactlyOne(
  object({
    exact: z.string().optional(),
    prefix: plainText.optional(),
    suffix: plainText.optional(),
    present: z.boolean().optional(),
  }),
  ['exact', 'prefix', 'suffix', 'present'],
);

const queryCondition = exactlyOne(object({ exact: z.string().optional(), present: z.boolean().optional() }), [
  'exact',
  'present',
]);

const method = z.enum(methods, {
  error: ({ input }) => {
    if (typeof input !== 'string') return `is ${describe(input)}, write a method such as GET`;
    if (!/^[A-Z][A-Z-]*$/.test(input)) return 'is not an HTTP method, write it in capitals, for example GET';
    return `"${input}" is not an HTTP method${didYouMean(input, methods) || ', write for example GET'}`;
  },
});

/** In the form in which it is compared: without port, case and the dot at the end. */
const host = z.string(written('a host name such as vendors.example.com')).transform((text, context) => {
  const made = hostPattern(text);
  if (made !== undefined) return made;
  const message = `"${text}" is not a host name, write for example vendors.example.com or *.example.com`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** The SPIFFE standard's form: no empty segment, none of dots alone, no byte that would need an escape. */
function isSpiffeId(text: string): boolean {
  return (
    text.length <= 2048 && /^spiffe:\/\/(?!\.{1,2}(\/|$))[a-z0-9._-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)*$/.test(text)
  );
}

/**
 * A system id or a service name; identities of other sources are written with their source: `jwt:<subject>` (of any
 * provider), `jwt:<provider>/<subject>`, `spiffe://…`.
 */
export const consumerName = z.string(written('a system id or service name')).superRefine((text, context) => {
  if (text.startsWith('jwt:')) {
    if (!/^jwt:[^/]+(\/.+)?$/s.test(text))
      context.addIssue({
        code: 'custom',
        message: 'has no subject, write jwt:<subject> or jwt:<provider>/<subject>',
      });
  } else if (text.startsWith('spiffe://')) {
    if (!isSpiffeId(text))
      context.addIssue({
        code: 'custom',
        message: `"${text}" is not a SPIFFE ID, write spiffe://<trust domain>/<path>`,
      });
  } else if (!/^[A-Za-z0-9._-]{1,64}$/.test(text))
    context.addIssue({ code: 'custom', message: `"${text}" is not a system id or service name` });
});

/** All of the conditions that stand in it must hold. */
const conditions = object({
  path: path.optional(),
  methods: z.array(method).min(1).optional(),
  hosts: z.array(host).min(1).optional(),
  headers: z.record(headerName, headerCondition).optional(),
  query: z.record(plainText, queryCondition).optional(),
  consumers: z.array(consumerName).min(1).optional(),
  addresses: z.array(cidr).min(1).optional(),
});

/** Any of the list; without it a rule always fits. */
export const match = z.array(conditions).min(1, 'is empty, leave `match` out to match every call').optional();

export type Match = z.output<typeof match>;
