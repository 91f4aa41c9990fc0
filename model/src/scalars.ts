import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import { addressAdvice } from './address-spelling.js';
import { durationMsMax, isHundredths } from './bounds.js';
import { canonicalPath, canonicalPrefix, canonicalSuffix } from './canonical-path.js';
import { parseNetwork } from './network.js';
import { written } from './schema.js';

/** Names of services, nodes, policies and rules appear in Envoy's names, metrics and answers: one segment, no separators. */
const nameForm = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/i;

export const name = z
  .string(written('a name'))
  .regex(
    nameForm,
    'is not a name, write 1 to 63 letters, digits, "-", "_" or ".", with a letter or digit at both ends',
  );

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** `250ms`, `10s`, `5m`, `2h` → milliseconds. */
export function durationTo(msMax: number) {
  return z.string(written('a duration such as 10s')).transform((text, context) => {
    const match = /^(\d{1,12})(ms|s|m|h)$/.exec(text);
    const ms = match ? Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN) : Number.NaN;
    if (match && ms <= msMax) return ms;
    const message = match
      ? `"${text}" is too long, write at most ${msMax / 3_600_000}h`
      : `"${text}" is not a duration, write for example 250ms, 10s, 5m or 2h`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

export const duration = durationTo(durationMsMax);

const unitBytes: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** `16KiB`, `1MiB` → bytes, from `least` to `most`. */
export function size(least: number, most: number) {
  return z.string(written('a size such as 64KiB')).transform((text, context) => {
    const match = /^(\d{1,10})(B|KiB|MiB|GiB)$/.exec(text);
    const bytes = match ? Number(match[1]) * (unitBytes[match[2] ?? ''] ?? Number.NaN) : Number.NaN;
    if (match && bytes >= least && bytes <= most) return bytes;
    const message = match
      ? `"${text}" is out of range, write ${sizeText(least)} to ${sizeText(most)}`
      : `"${text}" is not a size, write for example 64KiB or 1MiB`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

function sizeText(bytes: number): string {
  const unit = ['GiB', 'MiB', 'KiB'].find((unit) => bytes % (unitBytes[unit] ?? 1) === 0) ?? 'B';
  return `${bytes / (unitBytes[unit] ?? 1)}${unit}`;
}

/** A moment as RFC 3339 writes it, in UTC → ms since 1970. */
export const moment = z.string(written('a time such as 2026-11-21T10:00:00Z')).transform((text, context) => {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  if (ms >= 0 && new Date(ms).toISOString() === text.replace('Z', '.000Z')) return ms;
  context.addIssue({ code: 'custom', message: `"${text}" is not a time, write for example 2026-11-21T10:00:00Z` });
  return z.NEVER;
});

export function positiveDurationTo(msMax: number) {
  return durationTo(msMax).refine((ms) => ms > 0, 'must be longer than 0s');
}

export const positiveDuration = positiveDurationTo(durationMsMax);

/** 0 to 100; the filters count in hundredths. */
export const percent = z
  .number(written('a number from 0 to 100'))
  .min(0)
  .max(100)
  .refine(isHundredths, 'has more than two decimal places');

/** A network in CIDR notation or a single address, v4 or v6. Kept as written; the filter decodes it. */
export const cidr = z.string(written('a network such as 10.0.0.0/8')).superRefine((text, context) => {
  const problem = cidrProblem(text);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

function cidrProblem(text: string): string | undefined {
  if (parseNetwork(text)) return undefined;
  const [address = '', prefix, ...rest] = text.split('/');
  if (!isAddress(address) || rest.length > 0 || prefix === undefined)
    return `"${text}" is not an address or network, ${addressAdvice(text) ?? 'write for example 10.0.0.0/8 or "2001:db8::/32"'}`;
  const least = parseNetwork(address)?.bytes.length === 4 && isIPv6(address) ? 96 : 0;
  return `"${text}" has no valid prefix length, write /${least} to /${isIPv6(address) ? 128 : 32}`;
}

/** Without a zone id: a zone has a meaning on one machine only. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

export const ipAddress = z.string(written('an IP address such as 127.0.0.1')).refine(isAddress, {
  error: ({ input }) => `is not an IP address, ${addressAdvice(String(input)) ?? 'write for example 127.0.0.1'}`,
});

export const port = z
  .int({
    error: (issue) =>
      typeof issue.input === 'string' && /^\d{1,5}$/.test(issue.input)
        ? `is text, drop the quotes: write ${Number(issue.input)}`
        : written('a port from 1 to 65535').error(issue),
  })
  .min(1)
  .max(65_535);

/** An HTTP field name (RFC 9110 §5.6.2), which policies may write in any case; compared in lower case. */
export const headerName = z
  .string(written('a header name such as x-request-id'))
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'is not a header name, write for example x-request-id')
  .transform((text) => text.toLowerCase());

/** What a rule asks of the path, in the form in which it is compared with the canonical path of a call. */
const pathText = (form: (text: string) => string | undefined, rooted: boolean) =>
  z
    .string(written(rooted ? 'a path such as /orders' : 'the end of a path such as .json'))
    .transform((text, context) => {
      const made = form(text);
      if (made !== undefined) return made;
      context.addIssue({ code: 'custom', message: `"${text}" ${pathProblem(text, rooted)}` });
      return z.NEVER;
    });

function pathProblem(text: string, rooted: boolean): string {
  if (text === '') return 'is empty, write a part of a path';
  if (rooted && !text.startsWith('/')) return 'must begin with "/"';
  if (text.includes('?')) return 'has a query, which is not part of a path: write a `query` condition for it';
  return 'has no canonical form and could never match: it has an invalid "%", a "%00", "%2f", "%5c" or "\\", or a segment that becomes "." or ".." when it is decoded or loses its parameters';
}

export const exactPath = pathText(canonicalPath, true);
export const pathPrefix = pathText(canonicalPrefix, true);
export const pathSuffix = pathText(canonicalSuffix, false);

/** `region`, `region/zone` or `region/zone/subzone`, as localities are written. */
export const zone = z
  .string(written('a zone such as eu-west/eu-west-1/a'))
  .max(256)
  .regex(
    /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+){0,2}$/,
    'is not a zone, write region, region/zone or region/zone/subzone',
  );

/** Text in an Envoy-visible value: no control characters, so that nothing can be smuggled into logs or headers. */
export const plainText = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[\x20-\x7e]*$/, 'must be printable ASCII');
