import fc from 'fast-check';
import { type FuzzCase, judge } from './case.js';
import { fuzzCase } from './generate.js';

export interface FuzzOptions {
  seed: number;
  cases?: number;
  /** Ends the run early. */
  seconds?: number;
  /** Told of the smallest case that was found, before the run fails with it. */
  onFound?(found: FuzzCase): void;
}

/** Runs cases from a seed on; the same seed runs the same cases. Returns how many. */
export async function fuzz({ seed, cases = 1_000_000_000, seconds, onFound }: FuzzOptions): Promise<number> {
  const details = await fc.check(fc.asyncProperty(fuzzCase, judge), {
    seed,
    numRuns: cases,
    ...(seconds === undefined ? {} : { interruptAfterTimeLimit: seconds * 1000 }),
  });
  if (details.counterexample) {
    onFound?.(details.counterexample[0]);
    throw new Error(`seed ${seed}: ${await fc.asyncDefaultReportMessage(details)}`, { cause: details.errorInstance });
  }
  return details.numRuns;
}
