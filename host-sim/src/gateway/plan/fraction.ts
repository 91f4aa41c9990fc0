import type { Fields } from './fields.js';

const DENOMINATORS = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 } as const;

/** A part of all requests, from 0 to 1. */
export function readFraction(fields: Fields): number {
  const kinds = Object.keys(DENOMINATORS) as (keyof typeof DENOMINATORS)[];
  const denominator = fields.choice('denominator', kinds, 'HUNDRED');
  const part = fields.count('numerator', 0) / (DENOMINATORS[denominator] ?? 1);
  fields.done();
  return Math.min(part, 1);
}

/** The same where the runtime may say otherwise, which the gateway has none of. */
export function readRuntimeFraction(fields: Fields): number {
  const part = readFraction(fields.message('default_value'));
  fields.done();
  return part;
}
