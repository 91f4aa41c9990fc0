import { Algorithm, Rate } from './bucket';
import { Budget } from './budget';
import { FINGERPRINT_BYTES } from './key';

/**
 * A chain is one shared value with the budgets of some keys; a key whose budget is whole needs none.
 *
 *   ┌────────┬──────────┬─────────────┬────────┬─────────────┬───
 *   │ per ns │ requests │ fingerprint │ budget │ fingerprint │ …    little endian; the first two are the rate by which
 *   │ 8      │ 8        │ 16          │        │             │      token buckets behind them were counted
 *   └────────┴──────────┴─────────────┴────────┴─────────────┴───
 */
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

/** Makes a chain, in the copy that was read, one of this rate. */
export function adopt(at: usize, length: i32, rate: Rate, now: u64): void {
  const old = otherRate(at, rate);
  if (!old) return;
  for (let entry = at + HEAD_BYTES; entry < at + length; entry = behind(entry)) convert(budgetOf(entry), old, now);
  writeHead(at, rate);
}

/** The entry of a fingerprint; 0 when the chain has none. */
export function find(at: usize, length: i32, fingerprint: usize): usize {
  const first = load<u64>(fingerprint, 0);
  const second = load<u64>(fingerprint, 8);
  for (let entry = at + HEAD_BYTES; entry < at + length; entry = behind(entry)) {
    if (load<u64>(entry, 0) == first && load<u64>(entry, 8) == second) return entry;
  }
  return 0;
}

export function budgetOf(entry: usize): Budget {
  return changetype<Budget>(entry + FINGERPRINT_BYTES);
}

export function entries(at: usize, length: i32): i32 {
  let count = 0;
  for (let entry = at + HEAD_BYTES; entry < at + length; entry = behind(entry)) count++;
  return count;
}

/** Copies a chain without one of its entries (0: with all), and, unless `all`, without those that are whole; returns the length. */
export function copyChain(to: usize, at: usize, length: i32, without: usize, all: bool, rate: Rate, now: u64): i32 {
  memory.copy(to, at, HEAD_BYTES);
  let kept = to + HEAD_BYTES;
  let next: usize = 0;
  for (let entry = at + HEAD_BYTES; entry < at + length; entry = next) {
    // Before settling, which may make the entry shorter than it stands there.
    next = behind(entry);
    const budget = budgetOf(entry);
    if (entry == without) continue;
    budget.settle(rate, now);
    if (budget.marks || all) kept = copyEntry(kept, entry, budget);
  }
  return <i32>(kept - to);
}

/** Puts an entry there; returns the end. `fingerprint` and `budget` may lie anywhere, also where it is put. */
export function copyEntry(to: usize, fingerprint: usize, budget: Budget): usize {
  const bytes = budget.bytes;
  memory.copy(to, fingerprint, FINGERPRINT_BYTES);
  memory.copy(to + FINGERPRINT_BYTES, changetype<usize>(budget), bytes);
  return to + FINGERPRINT_BYTES + bytes;
}

/** Drops the entries whose budget is whole, in the copy that was read; returns the new length. */
export function prune(at: usize, length: i32, rate: Rate, now: u64): i32 {
  return copyChain(at, at, length, 0, false, rate, now);
}

function behind(entry: usize): usize {
  return entry + FINGERPRINT_BYTES + budgetOf(entry).bytes;
}
