import type { Clock } from '@tollgate/host-sim';

/** Goes on by years at once: what fell due meanwhile happens once, at the end, and not every two seconds of them. */
export class LongClock implements Clock {
  #ns = 0n;
  #timers: { dueNs: bigint; action: () => void }[] = [];

  constructor(readonly start: string) {}

  wallNs(): bigint {
    return BigInt(Date.parse(this.start)) * 1_000_000n + this.#ns;
  }

  monotonicNs(): bigint {
    return 1_000_000_000_000n + this.#ns;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { dueNs: this.#ns + BigInt(Math.round(ms * 1e6)), action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  advance(ms: number): void {
    this.#ns += BigInt(ms) * 1_000_000n;
    const due = this.#timers.filter(({ dueNs }) => dueNs <= this.#ns);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { action } of due) action();
  }
}
