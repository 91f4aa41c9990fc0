import { z } from 'zod';
import { headerName } from '../scalars.js';
import { object, oneOf, written } from '../schema.js';
import { istioDuration } from './scalars.js';
import { stringMatch } from './string-match.js';

const method = oneOf('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', '*');
/** `*` is all of them, to browsers that send no credentials. */
const headers = z.array(z.union([z.literal('*'), headerName])).default([]);
const origin = z.string(written('an origin such as https://example.com')).min(1);

/** Which pages of other origins browsers let call the service. */
export const corsPolicy = object({
  allowOrigins: z.array(stringMatch.refine(({ exact }) => exact !== '', 'is empty, write an origin')).optional(),
  /** The older spelling. */
  allowOrigin: z.array(origin).optional(),
  allowMethods: z.array(method).default([]),
  allowHeaders: headers,
  exposeHeaders: headers,
  maxAge: istioDuration.refine((ms) => ms % 1000 === 0, 'is told to browsers in whole seconds').optional(),
  allowCredentials: z.boolean().optional(),
  unmatchedPreflights: oneOf('UNSPECIFIED', 'FORWARD', 'IGNORE').default('UNSPECIFIED'),
});
export type CorsPolicy = z.output<typeof corsPolicy>;
