import { SimulatorError } from '../errors.js';

/** Time as a filter sees it. Wall time may step in both directions, monotonic time only goes on. */
export interface Clock {
  wallNs(): bigint;
  monotonicNs(): bigint;
  /** Does `action` once, that many milliseconds from now; the answer calls it off. */
  after(ms: number, action: () => void): () => void;
}

const UNITS_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `'250ms'`, `'10s'`, `'5m'`, `'2h'`, `'1d'`, or a number of milliseconds. */
export function parseDurationMs(duration: string | number): number {
  if (typeof duration === 'number') return duration;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
  if (!match) throw new SimulatorError('bad_input', `"${duration}" is not a duration; write 250ms, 10s, 5m, 2h`);
  return Number(match[1]) * (UNITS_MS[match[2] as string] as number);
}

/** Stands still until it is told to move. */
export class ManualClock implements Clock {
  #wallNs: bigint;
  /** Not zero: a filter that takes 0 for "never" would be wrong on a real host at once. */
  #monotonicNs = 1_000_000_000_000n;
  #timers: { dueNs: bigint; action: () => void }[] = [];

  constructor(start: Date | string | number = '2026-01-01T00:00:00Z') {
    const ms = new Date(start).getTime();
    if (Number.isNaN(ms)) throw new SimulatorError('bad_input', `"${start}" is not a date`);
    this.#wallNs = BigInt(ms) * 1_000_000n;
  }

  wallNs(): bigint {
    return this.#wallNs;
  }

  monotonicNs(): bigint {
    return this.#monotonicNs;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { dueNs: this.#monotonicNs + BigInt(Math.round(ms * 1e6)), action };
    // Sorted by time; those of one moment in the order in which they were set.
    const at = this.#timers.findIndex(({ dueNs }) => dueNs > timer.dueNs);
    this.#timers.splice(at < 0 ? this.#timers.length : at, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Both clocks go on, as time does; what falls due on the way happens at its own moment. */
  advance(duration: string | number): void {
    const ms = parseDurationMs(duration);
    if (!(ms >= 0)) throw new SimulatorError('bad_input', 'time does not run backwards; use stepWall');
    const ns = BigInt(Math.round(ms * 1e6));
    const until = this.#monotonicNs + ns;
    for (let timer = this.#timers[0]; timer && timer.dueNs <= until; timer = this.#timers[0]) {
      this.#timers.shift();
      this.move(timer.dueNs);
      timer.action();
    }
    this.move(until);
  }

  private move(toNs: bigint): void {
    // A timer's action may itself have advanced further.
    if (toNs <= this.#monotonicNs) return;
    this.#wallNs += toNs - this.#monotonicNs;
    this.#monotonicNs = toNs;
  }

  /** Only the wall clock moves, as when somebody sets it; may be negative. */
  stepWall(duration: string | number): void {
    this.#wallNs += BigInt(Math.round(parseDurationMs(duration) * 1e6));
  }

  /** Sets the wall clock. */
  setWall(time: Date | string | number): void {
    this.#wallNs = BigInt(new Date(time).getTime()) * 1_000_000n;
  }
}

/** The machine's own time. */
export class SystemClock implements Clock {
  wallNs(): bigint {
    return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  }

  monotonicNs(): bigint {
    return process.hrtime.bigint();
  }

  after(ms: number, action: () => void): () => void {
    // A timer alone keeps no process alive.
    const timer = setTimeout(action, ms).unref();
    return () => clearTimeout(timer);
  }
}
