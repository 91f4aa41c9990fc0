import { ipAddress, object, oneOf } from '@tollgate/model';
import { z } from 'zod';

/** A test of policies, or of a filter, by what callers and applications see. docs/scenarios.md describes the format. */
export type ScenarioSpec = z.output<typeof scenarioFields>;
export type Step = ScenarioSpec['steps'][number];
export type ScenarioRequest = z.output<typeof request>;
export type ScenarioToken = z.output<typeof token>;
export type Expectation = z.output<typeof expectation>;
export type ExpectedUpstream = z.output<typeof upstream>;
export type Answer = z.output<typeof answer>;
export type FilterSpec = z.output<typeof filter>;
export type InstanceSpec = z.output<typeof instance>;

/** Longer than any test needs; a typing error must not keep a machine busy. */
const timesMax = 100_000;

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `-90m` in milliseconds; undefined where it is no duration. */
export function signedDurationMs(text: string): number | undefined {
  const match = /^(-?\d{1,12})(ms|s|m|h)$/.exec(text);
  return match ? Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN) : undefined;
}

const duration = z.string().transform((text, context) => {
  const ms = signedDurationMs(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: `"${text}" is not a duration, write for example 250ms, 10s, 5m or -2h` });
  return z.NEVER;
});

const time = z
  .union([z.string(), z.date()])
  .transform((value) => new Date(value))
  .refine((value) => !Number.isNaN(value.getTime()), 'is not a time, write for example 2026-11-21T10:15:00Z');

/** Bytes as characters: `"\xff"` is that byte. */
const headers = z.array(z.tuple([z.string(), z.string()], { error: 'write a header as [name, value]' }));
/** null: must not be there. */
const expectedHeaders = z.record(
  z.string().transform((name) => name.toLowerCase()),
  z.string().nullable(),
);
const status = z.int().min(100).max(999);

const token = object({
  system: z.string(),
  secret: z.string(),
  at: time.optional(),
  digest: oneOf('hmac-sha256', 'md5').default('hmac-sha256'),
  date: oneOf('day', 'second').default('day'),
  nonce: z.string().optional(),
  header: z.string().default('x-tollgate-token'),
  upperCase: z.boolean().default(false),
});

const request = object({
  via: oneOf('provider', 'consumer').default('provider'),
  method: z.string().default('GET'),
  path: z.string().default('/'),
  headers: headers.default([]),
  from: ipAddress.optional(),
  body: z.union([z.string(), z.array(z.string()).min(1)]).default(''),
  trailers: headers.optional(),
  resetAfter: z.int().min(1).optional(),
  token: token.optional(),
});

/** What an application answers; `cut` is no answer at all, `hold` none until a step releases it, `reset` breaks it off behind the body. */
const answer = object({
  status: status.default(200),
  headers: headers.default([]),
  body: z.string().default(''),
  trailers: headers.optional(),
  reset: z.boolean().default(false),
  cut: z.boolean().default(false),
  hold: z.boolean().default(false),
});

const upstream = object({
  method: z.string().optional(),
  path: z.string().optional(),
  headers: expectedHeaders.default({}),
  body: z.string().optional(),
  trailers: expectedHeaders.default({}),
});

const nothingOr = <Schema extends z.ZodType>(schema: Schema) => z.union([z.literal(false), schema]);
const logLine = z
  .string()
  .regex(/^(trace|debug|info|warn|error|critical): /, 'write a line as "level: text", for example "info: hello"');

/** How many of the requests of a step, at least and at most. */
const bounds = z
  .tuple([z.int().min(0), z.int().min(0)], { error: 'write at least and at most how many, for example [870, 930]' })
  .refine(([least, most]) => least <= most, 'the first number is the smaller one');

const expectation = object({
  status: z
    .int()
    .refine((value) => value === 0 || (value >= 100 && value <= 999), 'must be 0 (no answer) or 100 to 999')
    .optional(),
  statuses: z.record(z.string().regex(/^(0|[1-9]\d\d)$/, 'is not a status'), bounds).optional(),
  takes: duration.refine((ms) => ms > 0, 'must be more than 0').optional(),
  reason: z.string().optional(),
  rule: z.string().optional(),
  headers: expectedHeaders.default({}),
  body: z.string().optional(),
  trailers: expectedHeaders.default({}),
  upstream: nothingOr(upstream).optional(),
  instance: z.string().optional(),
  attempts: z.int().min(0).optional(),
  applications: z.record(z.string(), nothingOr(upstream)).optional(),
  shares: z.record(z.string(), bounds).optional(),
  callouts: z.record(z.string(), nothingOr(upstream)).optional(),
  log: nothingOr(z.array(logLine).min(1)).optional(),
  metrics: z.record(z.string(), z.int()).optional(),
}).refine(({ status, statuses }) => (status === undefined) !== (statuses === undefined), {
  path: ['status'],
  error: ({ input }) =>
    (input as { status?: number }).status === undefined
      ? 'is required, write a number, or statuses: {200: [least, most]}'
      : 'says the same as statuses, write one of the two',
});

const step = object({
  advance: object({ wall: duration.default(0), monotonic: duration.optional() }).optional(),
  fault: object({
    trapAtHostCall: z.int().min(1).optional(),
    allocationsRefused: z.boolean().optional(),
    queuesFull: z.boolean().optional(),
  }).optional(),
  answer: answer.optional(),
  answers: z.record(z.string(), answer).optional(),
  clusters: z.record(z.string(), answer).optional(),
  request: request.optional(),
  times: z.int().min(1).max(timesMax).default(1),
  held: z.literal(true).optional(),
  release: z.literal(true).optional(),
  expect: expectation.optional(),
});

/** An instance of vendors, with an application of its own. */
const instance = object({
  labels: z.record(z.string(), z.string()).default({}),
  zone: z.string().optional(),
  weight: z.int().optional(),
});

const filter = object({
  wasm: z.string().min(1),
  config: z.unknown().optional(),
  name: z.string().default(''),
  rootId: z.string().default(''),
  vmId: z.string().default(''),
  vmConfig: z.unknown().optional(),
  failurePolicy: oneOf('FAIL_CLOSED', 'FAIL_OPEN', 'FAIL_RELOAD').default('FAIL_CLOSED'),
  allowOnHeadersStopIteration: z.boolean().default(false),
});

export const scenarioFields = object({
  about: z.string().min(1),
  at: time.default(new Date('2026-11-21T10:15:00Z')),
  env: z.record(z.string(), z.string()).default({}),
  workers: z.int().min(1).max(16).default(1),
  trustedHops: z.int().min(0).optional(),
  hosts: z.array(z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  consumerLabels: z.record(z.string(), z.string()).optional(),
  instances: z
    .record(z.string(), instance)
    .refine((map) => Object.keys(map).length > 0, 'names no instance')
    .optional(),
  applications: z.record(z.string(), object({ protocol: oneOf('http1', 'http2').default('http1') })).optional(),
  paths: z.record(z.string(), z.unknown()).optional(),
  trustHeaders: z.array(z.string()).optional(),
  underscores: z.string().optional(),
  policies: z.array(z.record(z.string(), z.unknown())).optional(),
  filters: z.array(filter).min(1).optional(),
  protocol: oneOf('http1', 'http2').default('http1'),
  clusters: z.record(z.string(), answer).default({}),
  logLevel: oneOf('debug', 'info', 'warn', 'error').default('info'),
  stepLimit: duration.refine((ms) => ms > 0, 'must be more than 0').default(30_000),
  notCompared: z.array(oneOf('log', 'metrics')).default([]),
  steps: z.array(step),
});
