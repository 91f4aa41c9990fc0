import { TollgateError } from '@tollgate/model';
import { BackOff } from './back-off.js';
import type { Clock } from './clock.js';

/** Something that serves until it ends. */
export interface Serving {
  /** Never rejects; says why it ended. */
  ended: Promise<string>;
}

export interface Supervised {
  /** Resolves when it serves, throws where it does not come to that. Whatever it started ends when the signal aborts. */
  start(signal: AbortSignal): Promise<Serving>;
  /** It ended, or did not start again; there is another try after a while. */
  failed(why: string, retryMs: number): void;
  servesAgain(): void;
}

/** Starts something, and again whenever it ends, until it is asked to stop. That the first start fails is for the caller to handle. */
export class Supervisor {
  readonly #supervised: Supervised;
  readonly #clock: Clock;
  readonly #backOff = new BackOff();
  readonly #stopping = new AbortController();
  /** Aborted by `stop`, or by whoever ends everything. */
  readonly #signal: AbortSignal;
  #over: Promise<void> = Promise.resolve();

  private constructor(supervised: Supervised, clock: Clock, signal: AbortSignal) {
    this.#supervised = supervised;
    this.#clock = clock;
    this.#signal = AbortSignal.any([signal, this.#stopping.signal]);
  }

  static async start(supervised: Supervised, clock: Clock, signal: AbortSignal): Promise<Supervisor> {
    const supervisor = new Supervisor(supervised, clock, signal);
    const first = await supervised.start(supervisor.#signal);
    supervisor.#over = supervisor.#keep(first);
    return supervisor;
  }

  /** Resolves when it has ended. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#over;
  }

  async #keep(first: Serving): Promise<void> {
    for (let serving: Serving | undefined = first; serving; serving = await this.#startAgain()) {
      const since = this.#clock.now();
      const why = await serving.ended;
      if (this.#signal.aborted) return;
      this.#backOff.ran(this.#clock.now() - since);
      await this.#pause(why);
    }
  }

  /** Nothing when it was asked to stop before it served. */
  async #startAgain(): Promise<Serving | undefined> {
    while (!this.#signal.aborted) {
      try {
        const serving = await this.#supervised.start(this.#signal);
        this.#supervised.servesAgain();
        return serving;
      } catch (thrown) {
        if (!this.#signal.aborted) await this.#pause(TollgateError.from(thrown).rawMessage);
      }
    }
    return undefined;
  }

  async #pause(why: string): Promise<void> {
    const retryMs = this.#backOff.next();
    this.#supervised.failed(why, retryMs);
    await this.#clock.sleep(retryMs, this.#signal);
  }
}
