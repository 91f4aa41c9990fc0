// The curve edwards25519, -x² + y² = 1 + d·x²·y² modulo 2^255 - 19 (RFC 8032 §5.1), with the formulas of Hisil, Wong, Carter and
// Dawson (2008). They hold for any two points.
//
//   point      ┌───┬───┬───┬───┐           multiple   ┌─────┬─────┬──────┬────┐
//              │ X │ Y │ Z │ T │                      │ Y-X │ Y+X │ 2d·T │ 2Z │   as it is added to a point
//              └───┴───┴───┴───┘                      └─────┴─────┴──────┴────┘
//   x = X/Z, y = Y/Z, xy = T/Z
import { clearBytes } from '../bytes/copy';
import { same } from '../bytes/slice';
import { Arena } from '../memory/arena';
import {
  NUMBER,
  add,
  copyNumber,
  invert,
  isZero,
  multiply,
  nearRoot,
  normalise,
  readNumber,
  setNumber,
  subtract,
} from './field-25519';

/** Bytes of a point, and of a multiple. */
const POINT: usize = 4 * NUMBER;
/** 0 (which nobody adds) to 15 times a point: a digit of four bits each. */
const MULTIPLES: usize = 16 * POINT;

/** The point that is worked on. */
const X: usize = memory.data(160, 8);
const Y: usize = X + NUMBER;
const Z: usize = Y + NUMBER;
const T: usize = Z + NUMBER;
const E: usize = memory.data(40, 8);
const F: usize = memory.data(40, 8);
const G: usize = memory.data(40, 8);
const H: usize = memory.data(40, 8);
/** 2d, where d is -121665/121666. */
const TWO_D: usize = memory.data(40, 8);

/**
 * The multiples of the point in 32 bytes, or of its negative. 0 if the bytes are not a point (RFC 8032 §5.1.3; nor is a
 * y of p or more), or one of the eight points of small order, which accept anybody's signature.
 */
export function multiplesOf(arena: Arena, bytes: usize, negative: bool): usize {
  if (!load<i32>(TWO_D)) setTwoD();
  if (!decode(bytes)) return 0;
  if (negative) negate();
  const multiples = arena.take(MULTIPLES);
  storeMultiple(multiples + POINT);
  for (let at = multiples + 2 * POINT; at < multiples + MULTIPLES; at += POINT) {
    addMultiple(multiples + POINT);
    storeMultiple(at);
  }
  // Eight times the point is none of a small order, or it is (0, 1).
  const eighth = multiples + 8 * POINT;
  subtract(E, eighth, eighth + NUMBER);
  return isZero(E) ? 0 : multiples;
}

/**
 * Whether the bytes are first·P + second·Q in its only form, of two numbers below 2^256 and the multiples of two
 * points.
 */
export function isSum(bytes: usize, first: usize, ofP: usize, second: usize, ofQ: usize): bool {
  clearBytes(X, POINT);
  setNumber(Y, 1);
  setNumber(Z, 1);
  for (let i: usize = 64; i--;) {
    for (let j = 0; j < 4; j++) double(j == 3);
    addDigit(first, i, ofP);
    addDigit(second, i, ofQ);
  }
  invert(E, Z);
  multiply(X, X, E);
  multiply(Y, Y, E);
  normalise(X);
  normalise(Y);
  // As they stand there: whatever is not reduced is nobody's form.
  readNumber(E, bytes);
  return same(E, Y, <i32>NUMBER) && (load<u8>(X) & 1) == signOf(bytes);
}

function addDigit(number: usize, place: usize, multiples: usize): void {
  const digit: usize = (load<u8>(number + (place >> 1)) >> (<u8>((place & 1) << 2))) & 15;
  if (digit) addMultiple(multiples + digit * POINT);
}

/** The sign of x stands above y. */
function signOf(bytes: usize): u8 {
  return load<u8>(bytes, 31) >> 7;
}

/** x² = (y² - 1) / (d·y² + 1). */
function decode(bytes: usize): bool {
  readNumber(Y, bytes);
  copyNumber(Z, Y);
  normalise(Z);
  if (!same(Y, Z, <i32>NUMBER)) return false;
  // Both twice, as 2d is at hand.
  setNumber(Z, 2);
  multiply(G, Y, Y);
  multiply(F, G, TWO_D);
  add(F, F, Z);
  add(G, G, G);
  subtract(G, G, Z);
  invert(H, F);
  multiply(H, H, G);
  nearRoot(X, H);
  multiply(X, X, H);
  if (!isRoot()) {
    // Times a root of -1, which 2^((p - 1) / 4) is.
    nearRoot(E, Z);
    multiply(E, E, E);
    multiply(E, E, Z);
    multiply(X, X, E);
    if (!isRoot()) return false;
  }
  normalise(X);
  const sign = signOf(bytes);
  if ((load<u8>(X) & 1) != sign) {
    if (isZero(X)) return false;
    setNumber(E, 0);
    subtract(X, E, X);
  }
  setNumber(Z, 1);
  multiply(T, X, Y);
  return true;
}

/** Whether X² is H. */
function isRoot(): bool {
  multiply(E, X, X);
  subtract(E, E, H);
  return isZero(E);
}

function negate(): void {
  setNumber(E, 0);
  subtract(X, E, X);
  subtract(T, E, T);
}

/** Another doubling asks for no T. */
function double(withT: bool): void {
  add(E, X, Y);
  multiply(E, E, E);
  multiply(F, X, X);
  multiply(G, Y, Y);
  add(H, F, G);
  subtract(E, H, E);
  subtract(G, F, G);
  multiply(F, Z, Z);
  add(F, F, F);
  add(F, F, G);
  complete(withT);
}

function addMultiple(multiple: usize): void {
  subtract(E, Y, X);
  add(H, Y, X);
  multiply(X, E, multiple);
  multiply(Y, H, multiple + NUMBER);
  multiply(T, T, multiple + 2 * NUMBER);
  multiply(Z, Z, multiple + 3 * NUMBER);
  subtract(E, Y, X);
  subtract(F, Z, T);
  add(G, Z, T);
  add(H, Y, X);
  complete(true);
}

/** What both end with. */
function complete(withT: bool): void {
  multiply(X, E, F);
  multiply(Y, G, H);
  multiply(Z, F, G);
  if (withT) multiply(T, E, H);
}

function storeMultiple(to: usize): void {
  subtract(to, Y, X);
  add(to + NUMBER, Y, X);
  multiply(to + 2 * NUMBER, T, TWO_D);
  add(to + 3 * NUMBER, Z, Z);
}

function setTwoD(): void {
  setNumber(E, 121666);
  invert(TWO_D, E);
  setNumber(E, -2 * 121665);
  multiply(TWO_D, TWO_D, E);
}
