export const MS_NS: u64 = 1000000;
/** From one hour on a limit is a quota. */
export const QUOTA_MS: u64 = 3600000;
/** 366 days. */
export const PER_MS_MAX: u64 = 31622400000;
/** Of a period, and of what a call costs. */
export const REQUESTS_MAX: u64 = 4294967295;
