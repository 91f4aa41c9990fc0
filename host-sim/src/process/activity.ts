/** What is under way outside of the VMs: handlers of a test that have not answered yet, and work for when all is quiet. */
export class Activity {
  #pending = 0;
  #waiters: (() => void)[] = [];
  #later: (() => void)[] = [];

  get pending(): number {
    return this.#pending;
  }

  /** `immediately`: answers that are there at once are handed on as soon as no filter runs, not in a later turn. */
  constructor(private readonly immediately = false) {}

  /** Runs `work`, later hands its answer on; both outcomes count as the end of it. */
  track<T>(work: () => T | Promise<T>, answered: (answer: T) => void, failed: (cause: unknown) => void): void {
    this.#pending++;
    const settle = (action: () => void) => {
      this.#pending--;
      try {
        action();
        this.drain();
      } catch (cause) {
        failed(cause);
      }
      for (const wake of this.#waiters.splice(0)) wake();
    };
    const run = () => {
      try {
        const answer = work();
        // What is there already does not wait for further turns.
        if (!isPromise(answer)) settle(() => answered(answer));
        else
          answer.then(
            (late) => settle(() => answered(late)),
            (cause) => settle(() => failed(cause)),
          );
      } catch (cause) {
        settle(() => failed(cause));
      }
    };
    if (this.immediately) this.later(run);
    else queueMicrotask(run);
  }

  /** The next time that something ends. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Does `action` when no filter is running any more: a stream ends outside of the callback that ended it. */
  later(action: () => void): void {
    this.#later.push(action);
  }

  drain(): void {
    for (let action = this.#later.shift(); action; action = this.#later.shift()) action();
  }
}

/** By its method: a test runner's own realm has a Promise of its own. */
const isPromise = <T>(value: T | Promise<T>): value is Promise<T> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
