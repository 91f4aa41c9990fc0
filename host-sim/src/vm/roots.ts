import type { Context } from './context.js';
import type { Plugin } from './plugin.js';
import type { Vm } from './vm.js';

/** The root contexts of the plugins that share a VM, from their start to the end of Envoy. */
export class Roots {
  readonly #known = new Map<string, Context>();
  /** Those that answered false to proxy_on_done and have not called proxy_done yet. */
  readonly #lingering = new Set<number>();
  #vmStarted = false;

  constructor(private readonly vm: Vm) {}

  /** The root context of a plugin, created and configured at the first ask; undefined when it was refused. */
  start(plugin: Plugin): Context | undefined {
    const { vm } = this;
    const key = JSON.stringify([plugin.name, plugin.rootId, Buffer.from(plugin.configuration).toString('latin1')]);
    const known = this.#known.get(key);
    if (known) return known;
    const root = vm.createContext(plugin);
    if (!this.#vmStarted && vm.has('proxy_on_vm_start')) {
      if (!vm.call(root, 'proxy_on_vm_start', root.id, plugin.vmConfiguration.length)) return undefined;
    }
    this.#vmStarted = true;
    if (vm.has('proxy_on_configure')) {
      vm.configuring = true;
      const accepted = vm.call(root, 'proxy_on_configure', root.id, plugin.configuration.length);
      vm.configuring = false;
      if (!accepted) return undefined;
    }
    if (vm.failed) return undefined;
    this.#known.set(key, root);
    return root;
  }

  /** The end of all plugins: proxy_on_done of each root, and its deletion unless it wants to linger. */
  finish(): void {
    const { vm } = this;
    for (const root of this.#known.values()) {
      if (vm.has('proxy_on_done') && vm.call(root, 'proxy_on_done', root.id) === 0) this.#lingering.add(root.id);
      else this.delete(root);
    }
    this.#known.clear();
    if (this.#lingering.size === 0) vm.retire();
  }

  /** proxy_done: false when nobody waits for it. */
  done(): boolean {
    const { vm } = this;
    const root = vm.rootOf(vm.current());
    if (!this.#lingering.delete(root.id)) return false;
    vm.defer(() => {
      this.delete(root);
      if (this.#lingering.size === 0) vm.retire();
    });
    return true;
  }

  private delete(root: Context): void {
    this.vm.call(root, 'proxy_on_delete', root.id);
    this.vm.deleteContext(root);
  }
}
