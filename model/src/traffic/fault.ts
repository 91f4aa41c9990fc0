import { z } from 'zod';
import { exactlyOne, object, oneOf, refusedField } from '../schema.js';
import { percentOfCalls, positiveIstioDuration } from './scalars.js';

const share = object({ value: percentOfCalls.default(0) });

/** The statuses of gRPC by their names, each at its number. */
export const grpcStatusNames = [
  ...(['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'] as const),
  ...(['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE'] as const),
  ...(['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'] as const),
] as const;

/** `percent` is the older spelling, in whole numbers. */
const delay = object({
  percentage: share.optional(),
  percent: z.int().min(0).max(100).optional(),
  fixedDelay: positiveIstioDuration,
  exponentialDelay: refusedField('is not carried out, by Istio neither: write fixedDelay'),
});

const abort = exactlyOne(
  object({
    percentage: share.optional(),
    percent: refusedField('was taken out of Istio, write for example percentage: { value: 10 }'),
    httpStatus: z.int().min(200).max(599).optional(),
    grpcStatus: oneOf('OK', ...grpcStatusNames.slice(1)).optional(),
    http2Error: refusedField('is not carried out, by Istio neither: write httpStatus or grpcStatus'),
  }),
  ['httpStatus', 'grpcStatus'],
);

/** Shares of calls that are held up, or answered with an error in place of the service. */
export const fault = object({ delay: delay.optional(), abort: abort.optional() }).refine(
  (value) => value.delay !== undefined || value.abort !== undefined,
  'does nothing, write delay or abort',
);
export type Fault = z.output<typeof fault>;
