import { canonicalPath, canonicalPrefix, canonicalSuffix, hostPattern } from '@tollgate/model';
import { z } from 'zod';
import { networks } from './networks.js';
import { headerName, texts } from './scalars.js';

/** One of the fields, as `{exact: …}` or `{prefix: …}`. */
function condition<Fields extends z.ZodRawShape>(fields: Fields) {
  const each = Object.entries(fields).map(([name, field]) => z.strictObject({ [name]: field }));
  return z.union(each) as unknown as z.ZodType<OneOf<Fields>, OneOf<Fields>>;
}

type OneOf<Fields extends z.ZodRawShape> = {
  [Name in keyof Fields]: { [_ in Name]: z.input<Fields[Name]> };
}[keyof Fields];

const host = z
  .string()
  .min(1)
  .refine((written) => hostPattern(written) !== undefined)
  .describe('A host, or *.example.com for all names below it');

/** What canonical paths are, begin with or end with: brought into that form by the filter. */
const pathText = (form: (text: string) => string | undefined) =>
  z.string().refine((written) => form(written) !== undefined);
const pathPart = (form: (text: string) => string | undefined) => pathText((text) => (text === '' ? '' : form(text)));

/** How the application reads paths. */
export const paths = z
  .strictObject({
    caseSensitive: z.boolean().default(true),
    trailingSlash: z.enum(['exact', 'ignored']).default('exact'),
  })
  .meta({ id: 'paths', description: 'How the application reads paths; absent: each byte counts' });

export const consumerForm =
  /^([^:]+|jwt:([^/]+|[^/]+\/.+)|(?=.{0,2048}$)spiffe:\/\/(?!\.{1,2}(\/|$))[a-z0-9._-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)*)$/s;

export const consumer = z
  .string()
  .regex(consumerForm)
  .describe(
    'A system id, a service, anonymous, jwt:<subject>, jwt:<provider>/<subject>, spiffe://<trust domain>/<path>',
  );

const notEmpty = (fields: Record<string, unknown>) => Object.keys(fields).length > 0;

const conditions = z.strictObject({
  path: condition({
    exact: pathText(canonicalPath),
    prefix: pathPart(canonicalPrefix),
    suffix: pathPart(canonicalSuffix),
  }).optional(),
  methods: texts.optional(),
  hosts: z.array(host).min(1).optional(),
  headers: z
    .record(headerName, condition({ exact: z.string(), prefix: z.string(), suffix: z.string(), present: z.boolean() }))
    .refine(notEmpty)
    .optional(),
  query: z
    .record(z.string(), condition({ exact: z.string(), present: z.boolean() }))
    .refine(notEmpty)
    .optional(),
  consumers: z.array(consumer).min(1).optional(),
  addresses: networks.optional(),
});

export const match = z
  .array(conditions)
  .meta({ id: 'match', description: 'Any of these, of each all; absent or empty: always' });
export type FilterMatch = z.input<typeof match>;
