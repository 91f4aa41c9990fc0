/**
 * What happened in the last while, as a ring of sub-windows: bounded memory however long the window and however many the
 * calls. The window slides by one sub-window at a time, so it looks back over 29 to 30 thirtieths of its length.
 *
 *   part   ┌───────┬──────────┬──────┐
 *          │ calls │ failures │ slow │  u32 each, × PARTS; the part of sub-window n stands at n % PARTS
 *          └───────┴──────────┴──────┘
 */
export const PARTS: u64 = 30;
const PART_BYTES: usize = 12;
export const WINDOW_BYTES: usize = <usize>PARTS * PART_BYTES;


@unmanaged
export class Counts {
  calls: u64;
  failures: u64;
  slow: u64;
}

/** Drops the sub-windows that lie too far back; returns the number of the newest. */
export function slide(ring: usize, newest: u64, spanNs: u64, now: u64): u64 {
  const current = now / spanNs;
  // Workers read the clock before they get their turn: one that comes late counts in the newest sub-window.
  if (current <= newest) return newest;
  const passed = min(current - newest, PARTS);
  for (let i: u64 = 0; i < passed; i++) memory.fill(part(ring, current - i), 0, PART_BYTES);
  return current;
}

export function countCall(ring: usize, newest: u64, failed: bool, slow: bool): void {
  const at = part(ring, newest);
  increment(at);
  if (failed) increment(at + 4);
  if (slow) increment(at + 8);
}

export function sum(ring: usize, counts: Counts): void {
  counts.calls = 0;
  counts.failures = 0;
  counts.slow = 0;
  for (let at = ring; at < ring + WINDOW_BYTES; at += PART_BYTES) {
    counts.calls += load<u32>(at);
    counts.failures += load<u32>(at, 4);
    counts.slow += load<u32>(at, 8);
  }
}

function part(ring: usize, number: u64): usize {
  return ring + <usize>(number % PARTS) * PART_BYTES;
}

/** Stays at the greatest number. */
function increment(at: usize): void {
  const value = load<u32>(at);
  if (value != u32.MAX_VALUE) store<u32>(at, value + 1);
}
