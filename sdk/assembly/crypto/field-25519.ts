// Numbers modulo p = 2^255 - 19, over which edwards25519 is defined. Those of signatures and public keys are public, so no time
// tells anything.
//
//   number   ┌────┬────┬─────┬────┐
//            │ l0 │ l1 │  …  │ l9 │   ten limbs, i32, of 26 bits each: Σ l(i) · 2^(26 · i)
//            └────┴────┴─────┴────┘
//
// A product has limbs below 2^26, but for the second one, which may be a little more or a little below 0. Sums and differences
// carry nothing, so their limbs may be larger, and negative; 64 bits hold a product of numbers with limbs of up to ±2^29.
import { clearBytes, copyBytes } from '../bytes/copy';

/** The length of a number in bytes. */
export const NUMBER: usize = 40;

const LIMB: i64 = 0x3ffffff;
/** The highest limb of a number below 2^255. */
const TOP_LIMB: i64 = 0x1fffff;
/** 2^260 modulo p. */
const FOLD: i64 = 608;

/** The twenty limbs of a product before it is reduced, i64; the last one is always 0. */
const COLUMNS: usize = memory.data(160, 8);
const SCRATCH: usize = memory.data(40, 8);
const POWER: usize = memory.data(40, 8);

/** Reads the lowest 255 of 256 bits, little-endian. */
export function readNumber(to: usize, from: usize): void {
  for (let i: usize = 0; i < 9; i++) {
    const bit = i * 26;
    store<u32>(to + (i << 2), (load<u32>(from + (bit >> 3)) >> (<u32>(bit & 7))) & (<u32>LIMB));
  }
  // Four bytes from the 234th bit on would be one too many.
  store<u32>(to, (load<u32>(from, 28) >> 10) & (<u32>TOP_LIMB), 36);
}

/** Sets a number to a small value. */
export function setNumber(to: usize, value: i32): void {
  clearBytes(to, NUMBER);
  store<i32>(to, value);
}

/** Copies a number. */
export function copyNumber(to: usize, from: usize): void {
  copyBytes(to, from, NUMBER);
}

/** left + right, limb by limb; `to` may be one of them. */
export function add(to: usize, left: usize, right: usize): void {
  for (let i: usize = 0; i < NUMBER; i += 4) store<i32>(to + i, load<i32>(left + i) + load<i32>(right + i));
}

/** left - right, limb by limb; `to` may be one of them. */
export function subtract(to: usize, left: usize, right: usize): void {
  for (let i: usize = 0; i < NUMBER; i += 4) store<i32>(to + i, load<i32>(left + i) - load<i32>(right + i));
}

/** left · right modulo p; `to` may be one of them, or both. */
export function multiply(to: usize, left: usize, right: usize): void {
  // In variables of 64 bits: where those are wanted, `load` extends the sign.
  const r0: i64 = load<i32>(right);
  const r1: i64 = load<i32>(right, 4);
  const r2: i64 = load<i32>(right, 8);
  const r3: i64 = load<i32>(right, 12);
  const r4: i64 = load<i32>(right, 16);
  const r5: i64 = load<i32>(right, 20);
  const r6: i64 = load<i32>(right, 24);
  const r7: i64 = load<i32>(right, 28);
  const r8: i64 = load<i32>(right, 32);
  const r9: i64 = load<i32>(right, 36);
  let c0: i64 = 0;
  let c1: i64 = 0;
  let c2: i64 = 0;
  let c3: i64 = 0;
  let c4: i64 = 0;
  let c5: i64 = 0;
  let c6: i64 = 0;
  let c7: i64 = 0;
  let c8: i64 = 0;
  // Row by row: each completes a column, and carries the nine above it on in variables.
  for (let i: usize = 0; i < NUMBER; i += 4) {
    const factor: i64 = load<i32>(left + i);
    store<i64>(COLUMNS + (i << 1), c0 + factor * r0);
    c0 = c1 + factor * r1;
    c1 = c2 + factor * r2;
    c2 = c3 + factor * r3;
    c3 = c4 + factor * r4;
    c4 = c5 + factor * r5;
    c5 = c6 + factor * r6;
    c6 = c7 + factor * r7;
    c7 = c8 + factor * r8;
    c8 = factor * r9;
  }
  store<i64>(COLUMNS, c0, 80);
  store<i64>(COLUMNS, c1, 88);
  store<i64>(COLUMNS, c2, 96);
  store<i64>(COLUMNS, c3, 104);
  store<i64>(COLUMNS, c4, 112);
  store<i64>(COLUMNS, c5, 120);
  store<i64>(COLUMNS, c6, 128);
  store<i64>(COLUMNS, c7, 136);
  store<i64>(COLUMNS, c8, 144);
  reduce(to);
}

/** Folds the upper ten columns into the lower ones, and carries. */
function reduce(to: usize): void {
  let carry: i64 = 0;
  let above: i64 = 0;
  for (let i: usize = 0; i < NUMBER; i += 4) {
    const high = load<i64>(COLUMNS + (i << 1), 80);
    // What of a column is beyond its limb belongs to the next one; as a whole, 608 times it would not fit in 64 bits.
    const sum = load<i64>(COLUMNS + (i << 1)) + ((high & LIMB) + above) * FOLD + carry;
    above = high >> 26;
    carry = sum >> 26;
    store<i32>(to + i, <i32>(sum & LIMB));
  }
  const lowest = <i64>load<i32>(to) + carry * FOLD;
  store<i32>(to, <i32>(lowest & LIMB));
  store<i32>(to, load<i32>(to, 4) + <i32>(lowest >> 26), 4);
}

/** number^(2^times). */
export function squareTimes(number: usize, times: i32): void {
  while (times--) multiply(number, number, number);
}

/**
 * from^(2^252 - 3), with 2^252 - 3 = (p - 5) / 8: nearly a square root, and nearly an inverse. `to` must be another
 * number.
 */
export function nearRoot(to: usize, from: usize): void {
  copyNumber(to, from);
  // n ones as an exponent: twice as many are those, moved up by n, and those. 250 is 11111010 in binary.
  for (let ones = 1, bit = 6; bit >= 0; bit--) {
    copyNumber(POWER, to);
    squareTimes(to, ones);
    multiply(to, to, POWER);
    ones <<= 1;
    if ((250 >> bit) & 1) {
      multiply(to, to, to);
      multiply(to, to, from);
      ones++;
    }
  }
  squareTimes(to, 2);
  multiply(to, to, from);
}

/** from^(p - 2), which is 1 / from. `to` must be another number. */
export function invert(to: usize, from: usize): void {
  nearRoot(to, from);
  squareTimes(to, 3);
  for (let i = 0; i < 3; i++) multiply(to, to, from);
}

/** Brings a number into its only form: not negative and below p. */
export function normalise(number: usize): void {
  let above = carried(number, 0);
  above = carried(number, 19 * above);
  carried(number, 19 * above);
  // Below 2^255. With 19 more it is 2^255 and more just where it was p and more.
  if (!carried(number, 19)) carried(number, -19);
}

/** Adds to the lowest limb and carries; takes away what lies beyond 255 bits, and returns it. */
function carried(number: usize, more: i64): i64 {
  let sum = more;
  for (let i: usize = 0; i < 36; i += 4) {
    sum += <i64>load<i32>(number + i);
    store<i32>(number + i, <i32>(sum & LIMB));
    sum >>= 26;
  }
  sum += <i64>load<i32>(number, 36);
  store<i32>(number, <i32>(sum & TOP_LIMB), 36);
  return sum >> 21;
}

/** Whether the number is a multiple of p. */
export function isZero(number: usize): bool {
  copyNumber(SCRATCH, number);
  normalise(SCRATCH);
  let bits = 0;
  for (let i: usize = 0; i < NUMBER; i += 4) bits |= load<i32>(SCRATCH + i);
  return !bits;
}
