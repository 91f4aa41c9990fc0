import type { Fields } from './fields.js';

const DENOMINATORS = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 } as const;

/** A part of all requests. */
export interface Fraction {
  /** From 0 to 1. */
  part: number;
  denominator: number;
}

export function readFraction(fields: Fields): Fraction {
  const kinds = Object.keys(DENOMINATORS) as (keyof typeof DENOMINATORS)[];
  const denominator = DENOMINATORS[fields.choice('denominator', kinds, 'HUNDRED')] ?? 1;
  const part = Math.min(fields.count('numerator', 0) / denominator, 1);
  fields.done();
  return { part, denominator };
}

/** The same where the runtime may say otherwise, which the gateway has none of. */
export function readRuntimeFraction(fields: Fields): Fraction {
  const fraction = readFraction(fields.message('default_value'));
  fields.done();
  return fraction;
}
