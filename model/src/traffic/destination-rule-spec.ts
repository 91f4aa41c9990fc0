import { z } from 'zod';
import type { ResourceOf } from '../resource.js';
import { object, unique, written } from '../schema.js';
import { labels } from './labels.js';
import { exportTo } from './scalars.js';
import { trafficPolicy } from './traffic-policy.js';

const host = z
  .string(written('a host such as vendors or vendors.default.svc.cluster.local'))
  .regex(
    /^(\*|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)$/,
    'is not a host, write for example vendors, or *.example.com',
  )
  .transform((text) => text.toLowerCase());

const subset = object({
  name: z
    .string(written('a name such as v1'))
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'is not the name of a subset, write small letters, digits and "-"'),
  labels: labels.default({}),
  trafficPolicy: trafficPolicy.optional(),
});
export type Subset = z.output<typeof subset>;

/** How a host is called, once it is decided that it is called: balancing, limits, ejection, TLS, and which subsets there are. */
export const destinationRuleSpec = object({
  host,
  trafficPolicy: trafficPolicy.optional(),
  subsets: unique(z.array(subset), 'name', ({ name }) => name).default([]),
  exportTo: exportTo.default([]),
  workloadSelector: object({ matchLabels: labels }).optional(),
}).superRefine(({ exportTo, workloadSelector }, context) => {
  // Its own namespace is named too; which it is, the spec does not know.
  if (workloadSelector && (exportTo.length > 1 || exportTo.includes('*')))
    context.addIssue({
      code: 'custom',
      path: ['exportTo'],
      message: 'a rule with a workloadSelector is for its own namespace alone: write ["."] or leave it out',
    });
});
export type DestinationRule = ResourceOf<'DestinationRule', z.output<typeof destinationRuleSpec>>;
