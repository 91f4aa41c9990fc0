import type { Clock } from '../../process/clock.js';

interface Bounds {
  requestTimeoutMs: number;
  streamIdleTimeoutMs: number;
}

/** What ends a stream whose client dawdles: a request that is never complete, and a stream on which nothing moves. */
export class StreamTimeouts {
  #cancelRequest = () => {};
  #cancelIdle = () => {};
  #movedNs: bigint;

  constructor(
    private readonly clock: Clock,
    { requestTimeoutMs, streamIdleTimeoutMs }: Bounds,
    requestComplete: boolean,
    late: { request(): void; idle(): void },
  ) {
    this.#movedNs = clock.monotonicNs();
    if (requestTimeoutMs > 0 && !requestComplete) this.#cancelRequest = clock.after(requestTimeoutMs, late.request);
    if (streamIdleTimeoutMs > 0) this.awaitSilence(streamIdleTimeoutMs, streamIdleTimeoutMs, late.idle);
  }

  /** The request is complete, or its answer begins. */
  requestDone(): void {
    this.#cancelRequest();
  }

  moved(): void {
    this.#movedNs = this.clock.monotonicNs();
  }

  stop(): void {
    this.#cancelRequest();
    this.#cancelIdle();
  }

  /** One timer for many movements: it looks when it is due, and waits for the rest. */
  private awaitSilence(waitMs: number, idleMs: number, late: () => void): void {
    this.#cancelIdle = this.clock.after(waitMs, () => {
      const silentMs = Number((this.clock.monotonicNs() - this.#movedNs) / 1_000_000n);
      if (silentMs >= idleMs) late();
      else this.awaitSilence(idleMs - silentMs, idleMs, late);
    });
  }
}
