import { z } from 'zod';
import { object } from '../schema.js';
import { positiveIstioDuration } from './scalars.js';

const count = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const wholePercent = z.int().min(0).max(100);

/** When an instance is left out of the choice for a while because of how it answers. */
export const outlierDetection = object({
  consecutive5xxErrors: count.optional(),
  consecutiveGatewayErrors: count.optional(),
  consecutiveErrors: count.optional(),
  splitExternalLocalOriginErrors: z.boolean().default(false),
  consecutiveLocalOriginFailures: count.optional(),
  interval: positiveIstioDuration.prefault('10s'),
  baseEjectionTime: positiveIstioDuration.prefault('30s'),
  /** 0 says the same as nothing. */
  maxEjectionPercent: wholePercent.transform((percent) => percent || maxEjectionPercentDefault).prefault(0),
  minHealthPercent: wholePercent.default(0),
  outlierDetectionHttpErrorCodes: z.array(z.int().min(100).max(599)).optional(),
}).superRefine((detection, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  const { consecutiveErrors, consecutiveGatewayErrors, consecutiveLocalOriginFailures = 0 } = detection;
  if (consecutiveErrors !== undefined && consecutiveGatewayErrors !== undefined)
    refuse('write only one of consecutiveGatewayErrors and consecutiveErrors, which is its old name');
  if (consecutiveLocalOriginFailures > 0 && !detection.splitExternalLocalOriginErrors)
    refuse('has consecutiveLocalOriginFailures, which count only with splitExternalLocalOriginErrors: true');
});
export type OutlierDetection = z.output<typeof outlierDetection>;

const maxEjectionPercentDefault = 10;
