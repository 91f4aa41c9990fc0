import { z } from 'zod';
import { name } from '../scalars.js';
import { object } from '../schema.js';
import { corsPolicy } from './cors.js';
import { destination } from './destination.js';
import { directResponse } from './direct-response.js';
import { fault } from './fault.js';
import { headerOperations, hostSetBy } from './header-operations.js';
import { httpMatch } from './http-match.js';
import { redirect } from './redirect.js';
import { retries } from './retries.js';
import { rewrite } from './rewrite.js';
import { istioDuration, percentOfCalls } from './scalars.js';

/** Envoy adds weights up in 32 bits. */
const weightMax = 2 ** 31 - 1;

const weighted = object({
  destination,
  weight: z.int().min(0).max(weightMax).default(0),
  headers: headerOperations.optional(),
});
export type WeightedDestination = z.output<typeof weighted>;

/** A route of one destination goes there; of several each gets its part of the sum. */
const route = z
  .array(weighted)
  .min(1)
  .superRefine((all, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    const sum = all.reduce((total, { weight }) => total + weight, 0);
    if (all.length > 1 && sum === 0)
      refuse('has only destinations of weight 0, write a weight for each that shall get calls');
    if (sum > weightMax) refuse(`has weights of more than ${weightMax} together`);
  });

const share = object({ value: percentOfCalls.default(0) });

const shape = object({
  name: z.string().min(1).optional(),
  match: z.array(httpMatch).default([]),
  route: route.optional(),
  redirect: redirect.optional(),
  directResponse: directResponse.optional(),
  delegate: object({ name, namespace: name.optional() }).optional(),
  rewrite: rewrite.optional(),
  timeout: istioDuration.optional(),
  retries: retries.optional(),
  fault: fault.optional(),
  mirror: destination.optional(),
  mirrors: z.array(object({ destination, percentage: share.optional() })).default([]),
  mirrorPercentage: share.optional(),
  mirrorPercent: z.int().min(0).max(100).optional(),
  corsPolicy: corsPolicy.optional(),
  headers: headerOperations.optional(),
});
export type HttpRoute = z.output<typeof shape>;

/** What decides where a call goes; of a route with a delegate the delegate says it. */
const answers = ['redirect', 'directResponse', 'route'] as const;

export const httpRoute = shape.superRefine((http, context) => {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const [first, ...others] = answers.filter((field) => http[field] !== undefined);
  if (http.delegate) {
    for (const field of ['route', 'redirect'] as const)
      if (http[field] !== undefined) refuse([field], 'cannot stand beside `delegate`, whose routes say where calls go');
  } else if (first === undefined) refuse([], 'goes nowhere, write route, redirect or directResponse');
  for (const field of http.delegate ? [] : others)
    refuse([field], `cannot stand beside \`${first}\`, write only one of them`);
  if (first && first !== 'route')
    for (const field of ['fault', 'rewrite'] as const)
      if (http[field] !== undefined) refuse([field], `has no effect beside \`${first}\`, leave one of them out`);
  if (http.mirror && http.mirrors.length > 0)
    refuse(['mirrors'], 'cannot stand beside `mirror`, write only one of them');
  if (http.rewrite?.authority !== undefined && hostSetBy(http.headers) !== undefined)
    refuse(['rewrite', 'authority'], 'is also written by `headers`, write the host in one place');
  if (http.redirect?.prefixRewrite !== undefined)
    http.match.forEach(({ uri }, index) => {
      if (uri && uri.prefix === undefined)
        refuse(['match', index, 'uri'], 'must be a prefix: `redirect.prefixRewrite` writes another in its place');
    });
});
