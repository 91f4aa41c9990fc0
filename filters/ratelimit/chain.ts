import { Bucket, Rate } from './bucket';
import { FINGERPRINT_BYTES } from './key';

/**
 * A chain is one shared value with the buckets of some keys; a key whose budget is whole needs none.
 *
 *   ┌────────┬──────────┬─────────────┬─────┬─────────┬───
 *   │ per ns │ requests │ fingerprint │ t   │ deficit │ …    little endian; the first two are the rate by which
 *   │ 8      │ 8        │ 16          │ 8   │ 8       │      the buckets behind them were counted
 *   └────────┴──────────┴─────────────┴─────┴─────────┴───
 */
export const HEAD_BYTES: i32 = 16;
export const ENTRY_BYTES: i32 = 32;

const OLD: Rate = changetype<Rate>(memory.data(offsetof<Rate>(), 8));

export function writeHead(at: usize, rate: Rate): void {
  store<u64>(at, rate.perNs, 0);
  store<u64>(at, rate.requests, 8);
}

/** The rate in a head that is not the given one, or null. */
export function otherRate(at: usize, rate: Rate): Rate | null {
  if (load<u64>(at, 0) == rate.perNs && load<u64>(at, 8) == rate.requests) return null;
  OLD.perNs = load<u64>(at, 0);
  OLD.requests = load<u64>(at, 8);
  return OLD;
}

/** A bucket counted by another rate: what was spent stays spent, and the beginning of a token is dropped. */
export function convert(bucket: Bucket, old: Rate, now: u64): void {
  bucket.settle(old, now);
  bucket.t = max(bucket.t, now);
}

/** Makes a chain, in the copy that was read, one of this rate. */
export function adopt(at: usize, length: i32, rate: Rate, now: u64): void {
  const old = otherRate(at, rate);
  if (!old) return;
  for (let offset = HEAD_BYTES; offset < length; offset += ENTRY_BYTES) convert(bucketOf(at + offset), old, now);
  writeHead(at, rate);
}

/** The entry of a fingerprint; 0 when the chain has none. */
export function find(at: usize, length: i32, fingerprint: usize): usize {
  const first = load<u64>(fingerprint, 0);
  const second = load<u64>(fingerprint, 8);
  for (let entry = at + HEAD_BYTES; entry < at + length; entry += ENTRY_BYTES) {
    if (load<u64>(entry, 0) == first && load<u64>(entry, 8) == second) return entry;
  }
  return 0;
}

export function bucketOf(entry: usize): Bucket {
  return changetype<Bucket>(entry + FINGERPRINT_BYTES);
}

/** Drops the entries whose budget is whole, in the copy that was read; returns the new length. */
export function prune(at: usize, length: i32, rate: Rate, now: u64): i32 {
  let kept = HEAD_BYTES;
  for (let offset = HEAD_BYTES; offset < length; offset += ENTRY_BYTES) {
    const bucket = bucketOf(at + offset);
    bucket.settle(rate, now);
    if (!bucket.deficit) continue;
    if (kept != offset) memory.copy(at + kept, at + offset, ENTRY_BYTES);
    kept += ENTRY_BYTES;
  }
  return kept;
}
