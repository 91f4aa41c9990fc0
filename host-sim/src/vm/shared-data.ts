export interface SharedValue {
  value: Uint8Array;
  cas: number;
}

/** The key-value store of the whole process: one space per vm_id, seen by every thread. */
export class SharedData {
  /** Other hosts may number each key's writes apart: all that the specification says is that the number changes. */
  readonly #byKey: boolean;
  readonly #spaces = new Map<string, Map<string, SharedValue>>();
  /** Envoy: one counter for all keys and spaces, of 32 bits, and never 0. */
  #casLast = 0;

  constructor(casNumbers: 'together' | 'by-key' = 'together') {
    this.#byKey = casNumbers === 'by-key';
  }

  get(vmId: string, key: string): SharedValue | undefined {
    return this.#spaces.get(vmId)?.get(key);
  }

  /**
   * False when `cas` is stale. Envoy: 0 always wins, and a key that is not there yet takes any `cas`, so two workers
   * that both create it both succeed.
   */
  set(vmId: string, key: string, value: Uint8Array, cas = 0): boolean {
    let space = this.#spaces.get(vmId);
    if (!space) {
      space = new Map();
      this.#spaces.set(vmId, space);
    }
    const found = space.get(key);
    if (found && cas !== 0 && cas !== found.cas) return false;
    space.set(key, { value, cas: this.#byKey ? (found?.cas ?? 0) + 1 : this.#next() });
    return true;
  }

  #next(): number {
    this.#casLast = (this.#casLast + 1) >>> 0 || 1;
    return this.#casLast;
  }

  /** Every key of a space, for a test that wants to look. */
  entries(vmId: string): [string, SharedValue][] {
    return [...(this.#spaces.get(vmId) ?? [])];
  }
}
