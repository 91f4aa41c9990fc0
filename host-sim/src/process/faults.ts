/** What goes wrong on request, in every VM of a host. */
export class Faults {
  #callsLeft = -1;
  /** The filter's allocator has nothing left: a host call that returns bytes answers InvalidMemoryAccess. */
  allocationsRefused = false;
  /** Nothing can be put into a shared queue: InternalFailure. Envoy's queues have no end but memory's. */
  queuesFull = false;

  /** The n-th host call from now traps (1 is the next one). */
  trapAtHostCall(n: number): void {
    this.#callsLeft = n;
  }

  /** True when the host call that is about to run must trap. */
  trapsNow(): boolean {
    if (this.#callsLeft < 0) return false;
    return --this.#callsLeft === 0;
  }
}
