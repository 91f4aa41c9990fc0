import { z } from 'zod';
import { written } from '../schema.js';

/** A year: longer than any proxy runs. Envoy itself takes more. */
const msMax = 365 * 24 * 3_600_000;

const unitNs: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };

/** A duration as Istio’s documents spell it, in Go’s way: `3s`, `0.5s`, `1h10m` → milliseconds. */
export const istioDuration = z.string(written('a duration such as 10s')).transform((text, context) => {
  const problem = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (!/^(0|((\d{1,12}(\.\d{0,9})?|\.\d{1,9})(ns|us|µs|ms|s|m|h))+)$/.test(text))
    return problem(`"${text}" is not a duration, write for example 250ms, 0.5s, 10s, 5m or 1h30m`);
  const parts = [...text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)];
  // The sum is rounded: 0.3s in nanoseconds is not a whole number in binary.
  const ns = Math.round(parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (unitNs[unit] ?? 0), 0));
  if (ns > msMax * 1e6) return problem(`"${text}" is too long, write at most ${msMax / 3_600_000}h`);
  if (ns % 1e6 !== 0) return problem(`"${text}" is finer than a millisecond, write whole milliseconds such as 30ms`);
  return ns / 1e6;
});

export const positiveIstioDuration = istioDuration.refine((ms) => ms > 0, 'must be at least 1ms');

/** A number of Istio’s, of which 0 says the same as nothing. */
export const istioCount = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** Namespaces to which a document is exported: `.` is its own, `*` all. */
export const exportTo = z
  .array(z.string().regex(/^(\.|\*|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$/, 'is not a namespace, write one, "." or "*"'))
  .superRefine((namespaces, context) => {
    if (namespaces.length > 1 && namespaces.includes('*'))
      context.addIssue({
        code: 'custom',
        message: 'has "*", which is every namespace, and others: write only one of them',
      });
    if (new Set(namespaces).size < namespaces.length)
      context.addIssue({ code: 'custom', message: 'names a namespace twice' });
  });

/** Shares of calls: Envoy counts in millionths, of which the least is 0.0001 %. */
export const percentOfCalls = z
  .number(written('a number from 0 to 100'))
  .min(0)
  .max(100)
  .refine((value) => value === 0 || value >= 0.0001, 'is too small a share, write 0, or 0.0001 to 100');

/** What stands in a header or a part of a URL: nothing that would end a line. */
export const headerText = z
  .string(written('text'))
  .min(1)
  .max(16_384)
  .regex(/^[\t\x20-\x7e\x80-\u{10ffff}]*$/u, 'has a control character, which no header may carry');
