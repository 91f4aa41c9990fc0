import type { Context } from './context.js';
import type { Vm } from './vm.js';

interface Queue {
  items: Uint8Array[];
  /** Who registered last: its root is woken, on its thread. */
  vm: Vm;
  root: Context;
}

/** The queues of the whole process, by vm_id and name. */
export class SharedQueues {
  readonly #tokens = new Map<string, number>();
  readonly #queues = new Map<number, Queue>();

  /** Envoy: registering again gives the same token and keeps the items, but moves the wake-up to the new registrant. */
  register(vmId: string, name: string, vm: Vm, root: Context): number {
    const key = JSON.stringify([vmId, name]);
    const token = this.#tokens.get(key) ?? this.#tokens.size + 1;
    this.#tokens.set(key, token);
    this.#queues.set(token, { items: this.#queues.get(token)?.items ?? [], vm, root });
    return token;
  }

  resolve(vmId: string, name: string): number | undefined {
    return this.#tokens.get(JSON.stringify([vmId, name]));
  }

  /** False when there is no such queue. The registrant is woken once for each item, after the call that put it there. */
  enqueue(token: number, value: Uint8Array): boolean {
    const queue = this.#queues.get(token);
    if (!queue) return false;
    queue.items.push(value);
    const { vm, root } = queue;
    vm.host.activity.track(
      () => {},
      () => vm.enter(() => vm.call(root, 'proxy_on_queue_ready', root.id, token)),
      vm.host.fault,
    );
    return true;
  }

  /** Undefined: no such queue; null: it is empty. */
  dequeue(token: number): Uint8Array | null | undefined {
    const queue = this.#queues.get(token);
    return queue && (queue.items.shift() ?? null);
  }
}
