import type { Context } from './context.js';
import type { Vm } from './vm.js';

interface Tick {
  periodMs: number;
  cancel?: () => void;
}

/** The timers of one VM: each root context may have one. */
export class Ticks {
  readonly #byRoot = new Map<number, Tick>();
  #stopped = false;

  constructor(private readonly vm: Vm) {}

  /** 0 stops it; a new period counts from now. */
  setPeriod(root: Context, periodMs: number): void {
    if (this.#stopped) return;
    const tick = this.#byRoot.get(root.id) ?? { periodMs: 0 };
    this.#byRoot.set(root.id, tick);
    tick.periodMs = periodMs;
    tick.cancel?.();
    tick.cancel = undefined;
    if (periodMs > 0) this.arm(root, tick);
  }

  /** The VM is gone: nothing ticks any more. */
  stop(): void {
    this.#stopped = true;
    for (const tick of this.#byRoot.values()) tick.cancel?.();
    this.#byRoot.clear();
  }

  private arm(root: Context, tick: Tick): void {
    tick.cancel = this.vm.host.clock.after(tick.periodMs, () => this.fire(root, tick));
  }

  /** Envoy: the next tick is counted from the end of this one. */
  private fire(root: Context, tick: Tick): void {
    tick.cancel = undefined;
    if (this.vm.failed) return;
    this.vm.enter(() => this.vm.call(root, 'proxy_on_tick', root.id));
    if (!tick.cancel && tick.periodMs > 0 && !this.#stopped) this.arm(root, tick);
  }
}
