import { bounds, canonicalPath, canonicalPrefix, canonicalSuffix, hostPattern, parseNetwork } from '@tollgate/model';
import { z } from 'zod';

export const text = z.string().min(1);
export const texts = z.array(text).min(1);

export const whole = (least: number, most: number) => z.int().min(least).max(most);

export const hundredths = (most: number) =>
  z.number().min(0).max(most).multipleOf(0.01).refine(bounds.isHundredths).describe('With at most two decimals');

export const moment = whole(0, bounds.momentMsMax).describe('ms since 1970: older tokens are revoked');

/** Compared in lower case, as Envoy hands headers over. */
export const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
  .meta({ id: 'headerName' });

const network = z
  .string()
  .refine((written) => parseNetwork(written) !== undefined)
  .describe('An address or a network: 10.0.0.13, 10.0.0.0/8, 2001:db8::/32');

const packed = (addressBytes: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .refine((written) => isPacked(written, addressBytes))
    .describe(
      `base64url of records of ${addressBytes + 1} bytes: the address, most significant byte first, and the length of its prefix; ascending, no network within another, no bit set behind a prefix`,
    );

/** As NetworkSet of the SDK takes it: one spelling for each set. */
function isPacked(written: string, addressBytes: number): boolean {
  const bytes = Buffer.from(written, 'base64url');
  if (bytes.toString('base64url') !== written || bytes.length % (addressBytes + 1) !== 0) return false;
  let free = 0n;
  for (let at = 0; at < bytes.length; at += addressBytes + 1) {
    const prefix = bytes[at + addressBytes] ?? 0;
    if (prefix > addressBytes * 8) return false;
    const address = BigInt(`0x${bytes.toString('hex', at, at + addressBytes)}`);
    const size = 1n << BigInt(addressBytes * 8 - prefix);
    if (address % size !== 0n || address < free) return false;
    free = address + size;
  }
  return true;
}

export const networks = z
  .union([
    z.array(network).min(1),
    z
      .strictObject({ v4: packed(4).optional(), v6: packed(16).optional() })
      .refine(({ v4, v6 }) => v4 !== undefined || v6 !== undefined),
  ])
  .meta({ id: 'networks', description: 'A list, or packed, which is read ten times as fast' });

const percent = z.strictObject({ percent: hundredths(100) });

export const mode = z
  .union([z.enum(['enforce', 'shadow']), percent])
  .default('enforce')
  .meta({ id: 'mode', description: 'enforce, shadow, or enforced for a stable share of the consumers' });

const condition = <Fields extends z.ZodRawShape>(fields: Fields) =>
  z.union(
    Object.entries(fields).map(([name, field]) => z.strictObject({ [name]: field })) as unknown as [
      z.ZodType,
      z.ZodType,
    ],
  );

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

/** What the policies of every step have. */
export const policyFields = { namespace: text.default('default'), name: text, mode };

export const ruleFields = { name: text, match: match.optional() };

/** The later one of two with the same name is the mistake. */
export function distinct<Item>(list: z.ZodType<Item[]>, nameOf: (item: Item) => string) {
  return list.superRefine((items, context) => {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      if (seen.has(nameOf(item)))
        context.addIssue({ code: 'custom', path: [index], message: 'has the name of another one' });
      seen.add(nameOf(item));
    }
  });
}
