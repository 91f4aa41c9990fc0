import { Algorithm, Rate } from './bucket';
import { Budget } from './budget';
import { FINGERPRINT_BYTES } from './key';
import { MARK_BYTES } from './marks';

/**
 * A chain is one shared value with the budgets of some keys.
 *
 *   ┌────────┬──────────┬─────────────┬────────┬─────────────┬───
 *   │ per ns │ requests │ fingerprint │ budget │ fingerprint │ …    little endian; the first two are the rate by which
 *   │ 8      │ 8        │ 16          │        │             │      token buckets behind them were counted
 *   └────────┴──────────┴─────────────┴────────┴─────────────┴───
 *
 * It is changed where it lies. Memory for what comes in is asked for before (`need`, which may move the chain).
 */
@unmanaged
export class Chain {
  at: usize;
  length: i32;

  /** Makes it a chain of this rate: buckets counted by another are converted. */
  adopt(rate: Rate, now: u64): void {
    const old = otherRate(this.at, rate);
    if (!old) return;
    for (let entry = this.at + HEAD_BYTES; entry < this.end; entry = nextEntry(entry))
      convert(budgetOf(entry), old, now);
    writeHead(this.at, rate);
  }

  /** The entry of a fingerprint; 0 when the chain has none. */
  find(fingerprint: usize): usize {
    const first = load<u64>(fingerprint, 0);
    const second = load<u64>(fingerprint, 8);
    for (let entry = this.at + HEAD_BYTES; entry < this.end; entry = nextEntry(entry)) {
      if (load<u64>(entry, 0) == first && load<u64>(entry, 8) == second) return entry;
    }
    return 0;
  }

  /** Takes the time until `now` into account. Nothing that another worker would not do, so it need not be written. */
  settle(entry: usize, rate: Rate, now: u64): void {
    const before = budgetOf(entry).bytes;
    budgetOf(entry).settle(rate, now);
    this.close(entry, before);
  }

  /** Spends, with memory for a mark more; returns the moment that `take` wants to know. */
  spend(entry: usize, rate: Rate, amount: u64, now: u64): u64 {
    const budget = budgetOf(entry);
    // A bucket has its mark, and keeps it.
    if (rate.algorithm == Algorithm.BUCKET && budget.marks) return budget.add(rate, amount, now);
    const open = budget.bytes + MARK_BYTES;
    const rest = nextEntry(entry);
    memory.copy(rest + MARK_BYTES, rest, this.end - rest);
    this.length += MARK_BYTES;
    const t = budget.add(rate, amount, now);
    this.close(entry, open);
    return t;
  }

  /** Gives back what was spent at the moment `t`. */
  take(entry: usize, rate: Rate, amount: u64, t: u64): void {
    const before = budgetOf(entry).bytes;
    budgetOf(entry).take(rate, amount, t);
    this.close(entry, before);
  }

  /** Puts an entry at the end, with memory for it; returns it. */
  insert(fingerprint: usize, budget: Budget): usize {
    const entry = this.end;
    memory.copy(entry, fingerprint, FINGERPRINT_BYTES);
    memory.copy(entry + FINGERPRINT_BYTES, changetype<usize>(budget), budget.bytes);
    this.length += FINGERPRINT_BYTES + budget.bytes;
    return entry;
  }

  remove(entry: usize): void {
    const next = nextEntry(entry);
    memory.copy(entry, next, this.end - next);
    this.length -= <i32>(next - entry);
  }

  /** The first entry whose budget is whole; 0 when there is none. It says nothing that a new one would not say. */
  whole(rate: Rate, now: u64): usize {
    for (let entry = this.at + HEAD_BYTES; entry < this.end; entry = nextEntry(entry)) {
      this.settle(entry, rate, now);
      if (budgetOf(entry).isWhole(rate)) return entry;
    }
    return 0;
  }

  /** Drops all that are whole; returns how many there were. */
  prune(rate: Rate, now: u64): i32 {
    let count = 0;
    for (let entry = this.whole(rate, now); entry; entry = this.whole(rate, now)) {
      this.remove(entry);
      count++;
    }
    return count;
  }

  get end(): usize {
    return this.at + this.length;
  }

  /** After the budget of an entry became shorter than `bytes`: what follows moves up. */
  private close(entry: usize, bytes: i32): void {
    const less = bytes - budgetOf(entry).bytes;
    if (!less) return;
    const rest = nextEntry(entry);
    memory.copy(rest, rest + less, this.end - rest - less);
    this.length -= less;
  }
}

export const HEAD_BYTES: i32 = 16;

const OLD: Rate = changetype<Rate>(memory.data(offsetof<Rate>(), 8));

export function writeHead(at: usize, rate: Rate): void {
  store<u64>(at, rate.perNs, 0);
  store<u64>(at, rate.requests, 8);
}

/** The rate in a head that is not the given one, or null. Only token buckets depend on the rate they were counted by. */
export function otherRate(at: usize, rate: Rate): Rate | null {
  if (rate.algorithm != Algorithm.BUCKET) return null;
  if (load<u64>(at, 0) == rate.perNs && load<u64>(at, 8) == rate.requests) return null;
  OLD.perNs = load<u64>(at, 0);
  OLD.requests = load<u64>(at, 8);
  return OLD;
}

/** A bucket counted by another rate: what was spent stays spent, and the beginning of a token is dropped. */
export function convert(budget: Budget, old: Rate, now: u64): void {
  if (!budget.marks) return;
  budget.bucket.settle(old, now);
  budget.bucket.t = max(budget.bucket.t, now);
}

export function budgetOf(entry: usize): Budget {
  return changetype<Budget>(entry + FINGERPRINT_BYTES);
}

/** Where the one after it begins. */
export function nextEntry(entry: usize): usize {
  return entry + FINGERPRINT_BYTES + budgetOf(entry).bytes;
}
