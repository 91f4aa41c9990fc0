import { z } from 'zod';
import { object } from '../schema.js';

const label = z
  .string()
  .refine((value) => !value.includes('*'), 'has a "*", which labels are not compared with: write the whole value');

/** Labels that a workload must have, all of them. */
export const workloadSelector = object({
  labels: z.record(z.string().min(1), label).default({}),
});
