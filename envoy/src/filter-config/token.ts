import { bounds } from '@tollgate/model';
import { z } from 'zod';
import { packable } from './packed-rules.js';
import { policyFields } from './policy.js';
import { distinct, headerName, moment, text, texts, whole } from './scalars.js';

const dayMs = 86_400_000;
const { durationMsMax, noncesMaxMax } = bounds;

const systemId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .refine((id) => id !== 'anonymous');

const secrets = z.array(text).min(1).describe('Names of environment variables: the first signs, any verifies');

const headers = z.strictObject({
  system: headerName,
  date: headerName,
  nonce: headerName.optional(),
  digest: headerName,
});

const common = {
  ...policyFields,
  digest: z.enum(['hmac-sha256', 'md5']).default('hmac-sha256'),
  date: z.enum(['day', 'second']).default('day'),
  carry: z.enum(['header', 'headers']).default('header'),
  header: headerName.optional().describe('Default x-tollgate-token'),
  headers: headers.optional(),
};

type Carrying = { carry: 'header' | 'headers'; header?: string | undefined; headers?: object | undefined };

/** The one header, or those of the parts, as `carry` says. */
function carries({ carry, header, headers: parts }: Carrying, context: z.core.$RefinementCtx): void {
  const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  if (carry === 'header' && parts) refuse('headers', 'is for carry: headers');
  if (carry === 'headers' && header !== undefined) refuse('header', 'is for carry: header');
  if (carry === 'headers' && !parts) refuse('headers', 'is required');
}

const replay = z
  .strictObject({ windowMs: whole(0, durationMsMax), noncesMax: whole(1, noncesMaxMax).default(250_000) })
  .describe('A nonce may come once in the window, which is at least twice skewMs; needs date second');

const rule = packable({
  require: z.enum(['token', 'none']).default('token'),
  systems: texts.optional(),
});

const verifying = z
  .strictObject({
    ...common,
    skewMs: whole(0, durationMsMax).default(300_000),
    notBeforeMs: moment.optional(),
    replay: replay.optional(),
    systems: distinct(z.array(z.strictObject({ id: systemId, secrets })), ({ id }) => id),
    rules: z.array(rule).min(1).optional(),
  })
  .superRefine(carries)
  .superRefine((policy, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const nonces = policy.replay;
    if (nonces && nonces.windowMs < 2 * policy.skewMs) refuse(['replay', 'windowMs'], 'must be at least twice skewMs');
    if (nonces && policy.date !== 'second') refuse(['replay'], 'needs date: second');
    if (nonces && policy.carry === 'headers' && policy.headers?.nonce === undefined)
      refuse(['replay'], 'needs a header for the nonce');
    if (policy.date === 'day' && policy.notBeforeMs !== undefined && policy.notBeforeMs % dayMs !== 0)
      refuse(['notBeforeMs'], 'must be the beginning of a day (UTC) where the date is a day');
    const ids = policy.systems.map(({ id }) => id);
    for (const [index, { systems = [] }] of (policy.rules ?? []).entries())
      if (!systems.every((id) => ids.includes(id)))
        refuse(['rules', index, 'systems'], 'names a system that the policy does not have');
  });
export type FilterVerifier = z.input<typeof verifying>;

export const verifyingSchema = z.array(verifying);

const sign = z.strictObject({ system: systemId, secrets, nonce: z.boolean().default(false) });

const signing = z
  .strictObject({ ...common, sign: sign.optional() })
  .superRefine(carries)
  .superRefine(({ sign: signer, carry, headers: parts }, context) => {
    if (signer?.nonce && carry === 'headers' && parts?.nonce === undefined)
      context.addIssue({ code: 'custom', path: ['sign', 'nonce'], message: 'needs a header for the nonce' });
  });
export type FilterSigner = z.input<typeof signing>;

export const signingSchema = z.array(signing);
