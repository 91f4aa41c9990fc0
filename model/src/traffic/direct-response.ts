import { z } from 'zod';
import { exactlyOne, object, written } from '../schema.js';

/** Envoy keeps it in memory, once for each route; Istio's bound. */
export const directBodyMax = 1024 * 1024;

const size = (bytes: number) => bytes <= directBodyMax;
const text = z.string(written('text')).refine((body) => size(Buffer.byteLength(body)), 'is longer than 1 MiB');
const base64 = z
  .string(written('base64'))
  .refine((body) => Buffer.from(body, 'base64').toString('base64') === body, 'is not base64')
  .refine((body) => size(Buffer.byteLength(body, 'base64')), 'is longer than 1 MiB');

/** An answer of the proxy's own. */
export const directResponse = object({
  status: z.int().min(200).max(599),
  body: exactlyOne(object({ string: text.optional(), bytes: base64.optional() }), ['string', 'bytes']).optional(),
});
export type DirectResponse = z.output<typeof directResponse>;
