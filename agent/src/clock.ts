import { setTimeout as wait } from 'node:timers/promises';

/** Time as supervision sees it: passed in, so that a test has its own. */
export interface Clock {
  /** Milliseconds since some moment; setting the machine's clock does not change it. */
  now(): number;
  /** Comes back early when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => {}),
};
