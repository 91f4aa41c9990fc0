import { EventEmitter, once } from 'node:events';
import { ManualClock } from '@tollgate/host-sim';

/** A clock of which one can know whether somebody waits for a time of a certain length. */
export class TimerClock extends ManualClock {
  readonly #set = new EventEmitter();
  /** How many wait, by the length of their time in milliseconds. */
  readonly #waiting = new Map<number, number>();

  /** Resolves when somebody waits for a time of this length. */
  async timer(ms: number): Promise<void> {
    while (!this.#waiting.get(ms)) await once(this.#set, 'timer');
  }

  override after(ms: number, action: () => void): () => void {
    const count = (by: number) => this.#waiting.set(ms, (this.#waiting.get(ms) ?? 0) + by);
    count(1);
    this.#set.emit('timer');
    let over = false;
    const end = () => {
      if (!over) count(-1);
      over = true;
    };
    const cancel = super.after(ms, () => {
      end();
      action();
    });
    return () => {
      end();
      cancel();
    };
  }
}
