import { z } from 'zod';
import { countMax, fallbackBodyMax, probesMax, windowMsMax } from '../bounds.js';
import { match } from '../match.js';
import { headerName, name, percent, positiveDuration } from '../scalars.js';
import { later, object, oneOf, unique } from '../schema.js';
import { policyFields, policyKind, side } from './shape.js';

const key = later(oneOf('service', 'route'), (part) =>
  part === 'route' ? 'a breaker for each route (key: [route])' : undefined,
);

const upToTwoHours = positiveDuration.refine((ms) => ms <= windowMsMax, 'is too long, write at most 2h');

/** A trip that is not written is off. */
const trip = object({
  consecutiveFailures: z.int().min(1).max(countMax).optional(),
  failurePercent: percent.optional(),
  slowPercent: percent.optional(),
  slowAfter: upToTwoHours.optional(),
  requestsMin: z.int().min(1).max(countMax).default(20),
}).superRefine((value, context) => {
  const mistake = (message: string) => context.addIssue({ code: 'custom', message });
  const { consecutiveFailures, failurePercent, slowPercent, slowAfter } = value;
  if (consecutiveFailures === undefined && failurePercent === undefined && slowPercent === undefined)
    mistake('would never open, write consecutiveFailures, failurePercent or slowPercent');
  if ((slowPercent === undefined) !== (slowAfter === undefined))
    mistake('write slowPercent and slowAfter together: the share of slow calls, and what counts as slow');
});

/** A status, or a class of them; YAML reads a bare 503 as a number. */
const status = z
  .union([z.string(), z.int()], { error: () => 'write a status such as "503" or "5xx"' })
  .transform((value, context) => {
    const text = String(value);
    if (/^[1-5](xx|\d\d)$/.test(text)) return text;
    context.addIssue({ code: 'custom', message: `"${text}" is not a status, write for example "503" or "5xx"` });
    return z.NEVER;
  });

/** gRPC's names; the place in the list is the code. 0, OK, is no failure. */
export const grpcStatuses = [
  ...(['CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'] as const),
  ...(['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE'] as const),
  ...(['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'] as const),
] as const;

const failures = object({
  statuses: z.array(status).default(['5xx']),
  grpc: z.array(oneOf(...(grpcStatuses as readonly string[] as [string, ...string[]]))).default([]),
  resets: z.boolean().default(true),
});

const openMsDefault = 10_000;
const openMsMaxDefault = 300_000;
const open = object({ for: positiveDuration.optional(), forMax: positiveDuration.optional() }).transform(
  ({ for: forMs = openMsDefault, forMax = Math.max(openMsMaxDefault, forMs) }, context) => {
    if (forMax < forMs)
      context.addIssue({ code: 'custom', path: ['forMax'], message: 'must not be shorter than `for`' });
    return { for: forMs, forMax };
  },
);

/** Headers that the proxy frames an answer with, and the one that says why it is given. */
const ownHeaders = ['content-length', 'transfer-encoding', 'connection', 'x-tollgate-reason'];
const fallbackHeaders = z
  .record(headerName, z.string().regex(/^[\x20-\x7e]*$/, 'must be printable ASCII'))
  .superRefine((headers, context) => {
    for (const header of Object.keys(headers).filter((item) => ownHeaders.includes(item)))
      context.addIssue({ code: 'custom', path: [header], message: 'is set by the proxy itself, leave it out' });
  });

const fallback = object({
  status: z.int().min(200).max(599).default(200),
  headers: fallbackHeaders.default({}),
  body: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= fallbackBodyMax, 'is too large, write at most 64 KiB')
    .default(''),
});

const breaker = object({
  name,
  match,
  key: z.array(key).length(1, 'write [service]').default(['service']),
  window: upToTwoHours.default(30_000),
  trip,
  failures: failures.prefault({}),
  open: open.prefault({}),
  probes: z.int().min(1).max(probesMax).default(1),
  fallback: fallback.optional(),
});

/** When to stop calling, and what to answer instead. */
const spec = object({
  ...policyFields,
  side: side.default('consumer'),
  breakers: unique(z.array(breaker).min(1), 'name', (item) => item.name),
});
export type BreakerPolicySpec = z.output<typeof spec>;

export const breakerPolicy = policyKind({ kind: 'CircuitBreakerPolicy', step: 'breaker', spec, ruled: 'breakers' });
