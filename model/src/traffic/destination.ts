import { z } from 'zod';
import { hostPattern } from '../host-name.js';
import { port } from '../scalars.js';
import { object, written } from '../schema.js';

/** In lower case, as hosts are compared. */
export const host = z.string(written('a host such as vendors')).transform((text, context) => {
  const made = text.includes('*') && text !== '*' && !text.startsWith('*.') ? undefined : hostPattern(text);
  if (made !== undefined && !text.includes(':')) return made;
  const message = `"${text}" is not a host, write for example vendors, vendors.default.svc.cluster.local or *.example.com`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const subset = z
  .string(written('the name of a subset'))
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is not the name of a subset, write for example v1');

/** Where calls go: a service, of which a DestinationRule may name parts. */
export const destination = object({
  host: host.refine((text) => !text.startsWith('*'), 'names more than one service, write one'),
  subset: subset.optional(),
  port: object({ number: port }).optional(),
});
export type Destination = z.output<typeof destination>;
