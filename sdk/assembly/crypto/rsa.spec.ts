import { Slice, sliceOf } from '../bytes/slice';
import { heapArena } from '../memory/arena';
import { RsaKey } from './rsa';

const arena = heapArena();

/** The big-endian bytes of a number. */
function number(value: u64, bytes: i32): Slice {
  const at = arena.take(bytes);
  for (let i = 0; i < bytes; i++) store<u8>(at + bytes - 1 - i, <u8>(i < 8 ? value >> (i << 3) : 0));
  return sliceOf(arena, at, bytes);
}

function power(base: u64, exponent: u64, modulus: u64, bytes: i32): u64 {
  const key = RsaKey.of(arena, number(modulus, bytes), number(exponent, 4));
  if (!key) return -1;
  const at = key.power(arena, number(base, key.bytes));
  if (!at) return -2;
  let value: u64 = 0;
  for (let i = 0; i < key.bytes; i++) value = (value << 8) | load<u8>(at + i);
  return value;
}

function naive(base: u64, exponent: u64, modulus: u64): u64 {
  let result: u64 = 1;
  for (let bit = 63; bit >= 0; bit--) {
    result = (result * result) % modulus;
    if ((exponent >> bit) & 1) result = (result * base) % modulus;
  }
  return result;
}

describe('a power modulo an odd number', () => {
  it('is right for every base of some moduli', () => {
    for (let modulus: u64 = 3; modulus < 400; modulus += 2) {
      for (let base: u64 = 0; base < modulus; base += 7) {
        expect(power(base, 65537, modulus, modulus < 256 ? 1 : 2)).toBe(naive(base, 65537, modulus));
        expect(power(base, 3, modulus, 4)).toBe(naive(base, 3, modulus));
      }
    }
  });
  it('is right for moduli of a limb, and of more', () => {
    expect(power(4294967290, 3, 4294967291, 4)).toBe(4294967290);
    expect(power(123456789, 65537, 4294967291, 4)).toBe(naive(123456789, 65537, 4294967291));
    // 2^61 - 1 is prime: a^p = a.
    const prime: u64 = 2305843009213693951;
    expect(power(1234567890123456789, prime & 0xffffffff, prime, 8) != 0).toBe(true);
    expect(power(2, 61, prime, 8)).toBe(1);
    expect(power(2, 122 + 5, prime, 12)).toBe(32);
  });
  it('has no base that is not below the modulus, and no even modulus', () => {
    expect(power(5, 3, 5, 1)).toBe(-2);
    expect(power(6, 3, 5, 1)).toBe(-2);
    expect(power(1, 3, 6, 1)).toBe(-1);
    expect(power(1, 3, 0, 1)).toBe(-1);
  });
});
