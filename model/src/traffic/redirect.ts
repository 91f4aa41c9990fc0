import { z } from 'zod';
import { port } from '../scalars.js';
import { object, oneOf } from '../schema.js';
import { headerText } from './scalars.js';

const codes = [301, 302, 303, 307, 308];

/** An answer that sends the caller elsewhere. */
export const redirect = object({
  uri: headerText.optional(),
  prefixRewrite: headerText.optional(),
  authority: headerText.optional(),
  scheme: oneOf('http', 'https').optional(),
  port: port.optional(),
  derivePort: oneOf('FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT').optional(),
  redirectCode: z
    .int()
    .refine((code) => codes.includes(code), `is not a redirect that can be sent, write ${codes.join(', ')}`)
    .default(301),
}).superRefine(({ redirectCode: _, ...target }, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (target.uri !== undefined && target.prefixRewrite !== undefined) refuse('write only one of uri and prefixRewrite');
  if (target.port !== undefined && target.derivePort !== undefined) refuse('write only one of port and derivePort');
  if (/:\d+$/.test(target.authority ?? '') && (target.port ?? target.derivePort) !== undefined)
    refuse('has a port in authority and says of another, write only one');
  if (Object.values(target).every((value) => value === undefined))
    refuse('leads back to the same place, write uri, prefixRewrite, authority, scheme or port');
});
export type Redirect = z.output<typeof redirect>;
