import {
  NUMBER,
  add,
  copyNumber,
  invert,
  isZero,
  multiply,
  normalise,
  readNumber,
  setNumber,
  subtract,
} from './field-25519';

const A: usize = memory.data(40, 8);
const B: usize = memory.data(40, 8);
const C: usize = memory.data(40, 8);
const D: usize = memory.data(40, 8);
const SUM: usize = memory.data(40, 8);
const BYTES: usize = memory.data(32, 8);

let seed: u32 = 1;
function random(): u32 {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return seed;
}

function randomNumber(to: usize): void {
  for (let i: usize = 0; i < 32; i += 4) store<u32>(BYTES + i, random());
  readNumber(to, BYTES);
}

/** Of limbs up to 2^29 on either side of 0. */
function looseNumber(to: usize, edge: bool): void {
  for (let i: usize = 0; i < NUMBER; i += 4) {
    const limb = <i32>random();
    store<i32>(to + i, edge ? (limb < 0 ? -(1 << 29) : 1 << 29) : limb >> 2);
  }
}

function same(left: usize, right: usize): bool {
  subtract(D, left, right);
  return isZero(D);
}

function limb(number: usize, at: i32): i32 {
  return load<i32>(number + ((<usize>at) << 2));
}

describe('numbers modulo 2^255 - 19', () => {
  it('are read from the lowest 255 of 256 bits', () => {
    memory.fill(BYTES, 0xff, 32);
    readNumber(A, BYTES);
    for (let i = 0; i < 9; i++) expect(limb(A, i)).toBe(0x3ffffff);
    expect(limb(A, 9)).toBe(0x1fffff);
    for (let bit = 0; bit < 255; bit++) {
      memory.fill(BYTES, 0, 32);
      const byte = 1 << (bit & 7);
      store<u8>(BYTES + (bit >> 3), <u8>byte);
      readNumber(A, BYTES);
      for (let i = 0; i < 10; i++) expect(limb(A, i)).toBe(i == bit / 26 ? 1 << (bit % 26) : 0);
    }
  });

  it('have one form below p', () => {
    // 2^255 - 1 is p + 18; p is 0; -1 is p - 1; the lowest limb says which.
    memory.fill(BYTES, 0xff, 32);
    readNumber(A, BYTES);
    normalise(A);
    expect(limb(A, 0)).toBe(18);
    expect(limb(A, 9)).toBe(0);
    store<u8>(BYTES, 0xed);
    readNumber(A, BYTES);
    expect(isZero(A)).toBe(true);
    setNumber(A, -1);
    expect(isZero(A)).toBe(false);
    normalise(A);
    store<u8>(BYTES, 0xec);
    readNumber(B, BYTES);
    expect(memory.compare(A, B, NUMBER)).toBe(0);
    // 5 - 2^255 is -14, and 2^256 - 1 is 37: taking away what is beyond 255 bits goes beyond them again.
    setNumber(A, 5);
    store<i32>(A, -(1 << 21), 36);
    setNumber(B, -14);
    normalise(B);
    normalise(A);
    expect(memory.compare(A, B, NUMBER)).toBe(0);
    for (let i: usize = 0; i < 36; i += 4) store<i32>(A + i, 0x3ffffff);
    store<i32>(A, 0x3fffff, 36);
    setNumber(B, 37);
    normalise(A);
    expect(memory.compare(A, B, NUMBER)).toBe(0);
    // Limbs as large as sums and differences get, both ways.
    for (let sign = -1; sign <= 1; sign += 2) {
      for (let i: usize = 0; i < NUMBER; i += 4) store<i32>(A + i, sign << 30);
      copyNumber(B, A);
      normalise(A);
      expect(same(A, B)).toBe(true);
      for (let i = 0; i < 10; i++) expect(limb(A, i) >= 0 && limb(A, i) < 1 << 26).toBe(true);
    }
  });

  it('are multiplied as numbers are, with limbs of up to 2^29', () => {
    for (let i = 0; i < 500; i++) {
      looseNumber(A, i % 5 == 0);
      looseNumber(B, i % 7 == 0);
      multiply(C, A, B);
      for (let j = 0; j < 10; j++) expect(abs(limb(C, j)) < (1 << 26) + (1 << 19)).toBe(true);
      // The same numbers in their one form.
      normalise(A);
      normalise(B);
      multiply(A, A, B);
      expect(same(A, C)).toBe(true);
    }
  });

  it('have squares of sums', () => {
    for (let i = 0; i < 100; i++) {
      randomNumber(A);
      randomNumber(B);
      add(SUM, A, B);
      multiply(SUM, SUM, SUM);
      multiply(C, A, B);
      multiply(A, A, A);
      multiply(B, B, B);
      add(C, C, C);
      add(C, C, A);
      add(C, C, B);
      expect(same(C, SUM)).toBe(true);
    }
  });

  it('are as good as integers where they are small', () => {
    for (let i = 0; i < 100; i++) {
      const left = <i32>(random() >> 17);
      const right = <i32>(random() >> 17);
      setNumber(A, left);
      setNumber(B, right);
      multiply(A, A, B);
      setNumber(C, left * right);
      expect(same(A, C)).toBe(true);
    }
    // 2^255 is 19.
    setNumber(A, 2);
    setNumber(B, 1);
    for (let i = 0; i < 255; i++) multiply(B, B, A);
    setNumber(C, 19);
    expect(same(B, C)).toBe(true);
  });

  it('have an inverse', () => {
    setNumber(C, 1);
    for (let i = 0; i < 20; i++) {
      randomNumber(A);
      invert(B, A);
      multiply(A, A, B);
      expect(same(A, C)).toBe(true);
    }
  });
});
