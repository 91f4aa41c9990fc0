/** The first wait is short, because most crashes are single ones. */
const firstMs = 250;
/** Rare enough to cost nothing, often enough that whoever mends the cause need not start anything by hand. */
const mostMs = 30_000;
/** What served for so long ran well: its next end has nothing to do with the one before. */
const wellMs = 60_000;

/** How long to wait before something is started again: twice as long each time, up to a bound. */
export class BackOff {
  #nextMs = firstMs;

  next(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(2 * ms, mostMs);
    return ms;
  }

  /** It served for so long before it ended: after a good while the waits begin anew. */
  ran(ms: number): void {
    if (ms >= wellMs) this.#nextMs = firstMs;
  }
}
