// The greatest and least numbers that policies may have: the schemas of policies and of the filters' configurations both read
// them here, and tests/bounds holds the filters, which have their own, to the same.

const hourMs = 3_600_000;

/** A week: longer than a clock may be off, or a circuit should stay open. */
export const durationMsMax = 7 * 24 * hourMs;

/** The last second of the year 9999: RFC 3339 writes none later. */
export const momentMsMax = 253_402_300_799_000;

/** Of requests, bursts and costs. */
export const amountMax = 2 ** 32 - 1;

/** A leap year: the longest quota. */
export const perMsMax = 366 * 24 * hourMs;

/** A million keys are 32 MB of counters; more wants a store of its own. */
export const keysMaxMax = 1_000_000;

/** 40 bytes each; more wants a store of its own. */
export const noncesMaxMax = 1_000_000;

/** Hundredths are as fine as the filter counts; who should get nothing is refused by another policy. */
export const weightMin = 0.01;
export const weightMax = 1000;

/** Of what a breaker counts, and of how long it looks back. */
export const countMax = 1_000_000_000;
export const windowMsMax = 2 * hourMs;

/** Each has its place in the state that workers share and copy at every call. */
export const probesMax = 100;

export const fallbackBodyMax = 64 * 1024;

export const keySetRefreshMs = { min: 10_000, max: 24 * hourMs };

/** Longer, and a call for keys would still be on its way when the next is due. */
export const keySetTimeoutMs = { min: 100, max: 10_000 };

export const trustedHopsMax = 16;

/** Numbers with at most two decimals: shares of consumers and calls, weights. */
export function isHundredths(value: number): boolean {
  return /^\d+(\.\d\d?)?$/.test(String(value));
}
