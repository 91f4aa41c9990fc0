import { SimulatorError } from '../errors.js';
import { formatLogLine } from '../process/log.js';
import type { Context } from './context.js';
import type { HostServices } from './host-services.js';
import type { CheckedModule } from './module.js';
import { type Plugin, RELOAD_JITTER } from './plugin.js';
import { Vm } from './vm.js';

/** A plugin in a VM of one thread, ready to take streams. */
export interface PluginHandle {
  vm: Vm;
  root: Context;
}

/** The VMs of the threads, by key: plugins with the same vm_id, VM configuration and code share one per thread. */
export class VmPool {
  readonly #vms = new Map<string, Vm>();

  constructor(readonly host: HostServices) {}

  take(thread: string, code: CheckedModule, plugin: Plugin): Vm {
    const key = this.key(thread, code, plugin);
    let vm = this.#vms.get(key);
    // A failed VM stays with the plugins that have it; whoever asks anew gets a new one.
    if (!vm || vm.failed) {
      vm = Vm.start(this.host, thread, code, plugin);
      this.#vms.set(key, vm);
    }
    return vm;
  }

  /** The end of the process. */
  finish(): void {
    for (const vm of this.#vms.values()) vm.roots.finish();
  }

  private key(thread: string, code: CheckedModule, plugin: Plugin): string {
    return JSON.stringify([thread, plugin.vmId, Buffer.from(plugin.vmConfiguration).toString('latin1'), code.digest]);
  }
}

/** One plugin over all threads: started once on a throw-away VM, then on the main thread and on each worker. */
export class PluginRuntime {
  readonly #handles = new Map<string, { handle: PluginHandle; loadedAtNs: bigint }>();

  constructor(
    private readonly pool: VmPool,
    private readonly code: CheckedModule,
    readonly plugin: Plugin,
    workers: readonly string[],
  ) {
    // Envoy: the canary takes the configuration first; a refusal there rejects it before any worker has seen it.
    const canary = Vm.start(pool.host, 'canary', code, plugin);
    this.start(canary, 'the canary');
    canary.retire();
    for (const thread of ['main', ...workers]) {
      const handle = this.start(
        pool.take(thread, code, plugin),
        thread === 'main' ? 'the main thread' : `worker ${thread}`,
      );
      this.#handles.set(thread, { handle, loadedAtNs: pool.host.clock.monotonicNs() });
    }
  }

  /** What a new stream on this thread gets: a handle, `closed` (503 at once) or `open` (the filter is not in the chain). */
  take(thread: string): PluginHandle | 'closed' | 'open' {
    const entry = this.#handles.get(thread);
    if (!entry) throw new SimulatorError('bad_input', `there is no worker ${thread}`);
    if (entry.handle.vm.failed && this.plugin.failurePolicy === 'FAIL_RELOAD') this.reload(thread, entry);
    if (!entry.handle.vm.failed) return entry.handle;
    return this.plugin.failurePolicy === 'FAIL_OPEN' ? 'open' : 'closed';
  }

  /** Nothing of this thread's VM runs any more. */
  retire(thread: string): void {
    this.#handles.get(thread)?.handle.vm.retire();
  }

  /** A new VM in place of one that was retired. */
  restart(thread: string): void {
    const entry = this.#handles.get(thread);
    if (!entry) throw new SimulatorError('bad_input', `there is no worker ${thread}`);
    entry.loadedAtNs = this.pool.host.clock.monotonicNs();
    entry.handle = this.start(this.pool.take(thread, this.code, this.plugin), `worker ${thread}`);
  }

  private reload(thread: string, entry: { handle: PluginHandle; loadedAtNs: bigint }): void {
    const now = this.pool.host.clock.monotonicNs();
    const waitMs = this.plugin.reloadIntervalMs * (1 + RELOAD_JITTER * this.pool.host.chance());
    if (now - entry.loadedAtNs < BigInt(Math.round(waitMs * 1e6))) return;
    entry.loadedAtNs = now;
    const vm = this.pool.take(thread, this.code, this.plugin);
    const root = vm.roots.start(this.plugin);
    if (root) entry.handle = { vm, root };
  }

  private start(vm: Vm, where: string): PluginHandle {
    const lines: string[] = [];
    const stop = this.pool.host.log.listen((line) => lines.push(formatLogLine(line)));
    try {
      const root = vm.roots.start(this.plugin);
      if (root) return { vm, root };
    } finally {
      stop();
    }
    throw new SimulatorError('configuration_refused', `plugin ${this.plugin.name} did not start on ${where}`, {
      details: lines,
    });
  }
}
