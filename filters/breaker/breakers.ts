import { Arena, make } from 'proxy-wasm';
import { Breaker } from './policy';

/** Chains by the last bits of a breaker's digest: a node that calls a thousand services has four in each. */
const HEADS: usize = 256;

/** The breakers of a configuration, by which a call finds its own again. */
@unmanaged
export class Breakers {
  private heads: usize;

  static in(arena: Arena): Breakers {
    const breakers = make<Breakers>(arena);
    breakers.heads = arena.zeroed(HEADS << 2);
    return breakers;
  }

  add(breaker: Breaker): void {
    const head = this.headOf(breaker.digest);
    breaker.next = changetype<Breaker | null>(load<usize>(head));
    store<usize>(head, changetype<usize>(breaker));
  }

  /** Null when there is none: the call was let through by another configuration. */
  find(digest: u64): Breaker | null {
    let breaker = changetype<Breaker | null>(load<usize>(this.headOf(digest)));
    while (breaker && breaker.digest != digest) breaker = breaker.next;
    return breaker;
  }

  private headOf(digest: u64): usize {
    return this.heads + (((<usize>digest) & (HEADS - 1)) << 2);
  }
}
