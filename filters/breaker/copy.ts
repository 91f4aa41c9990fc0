import { Arena, Shared, make, share } from 'proxy-wasm';
import { AGE_NS_MAX as COPY_NS_MAX, guessed, recordGuess, shallGuess } from '../shared-copy/guess';
import { changesSoFar, countsChanges } from './changes';
import { Circuit, Phase } from './circuit';

/** A change that was never counted, as its VM died on the way, is seen after so long. */
const UNSEEN_NS_MAX: u64 = 1000000000;

/**
 * A closed circuit as this worker last read or wrote it. A counter that all workers share grows with each change of phase and
 * each failure: while it stands still, a call needs no more than to look at it, which costs a fifth of reading the circuit.
 *
 * The counter grows after the circuit was written. A call in between passes as if it had come before, and its outcome is
 * counted for a phase that is over: for nothing.
 */
@unmanaged
export class CircuitCopy {
  /** Memory for it, and how much of that. */
  private at: usize;
  private size: i32;
  /** What the counter said before it was read; the copy says nothing where `since` is 0. */
  private changes: u64;
  private since: u64;
  /** With which it may be replaced; 0 when it cannot be told. */
  private cas: u32;

  static in(arena: Arena, size: u32): CircuitCopy {
    const copy = make<CircuitCopy>(arena);
    copy.at = arena.take(size);
    copy.size = size;
    return copy;
  }

  get circuit(): Circuit {
    return changetype<Circuit>(this.at);
  }

  /** Whether the circuit is as it stands here but for what calls counted that did not fail. */
  holds(now: u64): bool {
    return this.since != 0 && now < this.since + UNSEEN_NS_MAX && this.changes == changesSoFar();
  }

  /** Keeps what was just written; `changes` is what the counter said before that was read. */
  keep(key: usize, keyLength: i32, value: Shared, changes: u64, now: u64): void {
    this.take(value, changes, now);
    if (this.since) this.cas = guessed(key, keyLength, now);
  }

  /** Keeps what was just read. */
  take(value: Shared, changes: u64, now: u64): void {
    this.since = 0;
    this.cas = 0;
    if (changetype<Circuit>(value.at).phase != Phase.CLOSED || value.length != this.size || !countsChanges()) return;
    memory.copy(this.at, value.at, this.size);
    this.changes = changes;
    this.since = now;
  }

  /** Whether it may be written without reading it again. */
  isWritable(generation: u32, now: u64): bool {
    if (!this.since || !this.cas || now >= this.since + COPY_NS_MAX) return false;
    return this.circuit.generation == generation && shallGuess();
  }

  /** Writes what was changed here; false when somebody else wrote since, and then it says nothing any more. */
  write(key: usize, keyLength: i32, now: u64): bool {
    const taken = share(key, keyLength, this.at, this.size, this.cas);
    recordGuess(taken, this.since);
    this.cas = taken ? guessed(key, keyLength, now) : 0;
    this.since = taken ? now : 0;
    return taken;
  }

  forget(): void {
    this.since = 0;
  }
}
