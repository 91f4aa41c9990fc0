import { type Clock, parseDurationMs } from '../process/clock.js';
import type { HostServices } from '../vm/host-services.js';

/** The clusters of a test, by name: a handler stands in place of each one's servers. */
export class TestClusters<Handler> {
  readonly #handlers = new Map<string, Handler>();

  constructor(
    private readonly clock: Clock,
    private readonly services: () => HostServices,
  ) {}

  set(cluster: string, handler: Handler): void {
    this.#handlers.set(cluster, handler);
  }

  has(cluster: string): boolean {
    return this.#handlers.has(cluster);
  }

  /** Asks the handler of a cluster that is there, and hands its answer on when the delay of it has passed. */
  protected ask<Answer>(
    cluster: string,
    answerOf: (handler: Handler) => Answer | Promise<Answer>,
    { delayOf, answered }: { delayOf(answer: Answer): string | number | undefined; answered(answer: Answer): void },
  ): () => void {
    const handler = this.#handlers.get(cluster) as Handler;
    const { activity, fault } = this.services();
    let cancelled = false;
    let stopDelay = () => {};
    activity.track(
      () => answerOf(handler),
      (answer) => {
        if (cancelled) return;
        const delayMs = parseDurationMs(delayOf(answer) ?? 0);
        if (delayMs > 0) stopDelay = this.clock.after(delayMs, () => answered(answer));
        else answered(answer);
      },
      fault,
    );
    return () => {
      cancelled = true;
      stopDelay();
    };
  }
}
