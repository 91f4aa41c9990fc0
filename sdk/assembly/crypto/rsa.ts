// RSA's public operation (RFC 8017 §5.2.2): s^e mod n. All of it is public, so no time tells anything.
import { Arena, make } from '../memory/arena';
import { Slice } from '../bytes/slice';

/** The cost grows with the cube of it: 4096 bits are some 2 ms for the usual exponent. */
export const RSA_BYTES_MAX: i32 = 512;

/** The sum of a product, limb by limb, with two limbs for what it carries. */
const SUM: usize = memory.data(520, 8);

/** A public key as Montgomery's multiplication wants it: numbers of `limbs` words of 32 bits, the lowest first. */
@unmanaged
export class RsaKey {
  /** Bytes of the modulus, and so of a signature. */
  bytes: i32;
  /** Bits of the modulus. */
  bits: i32;
  private limbs: i32;
  private modulus: usize;
  /** -1 / modulus, modulo 2^32. */
  private inverse: u32;
  /** R² modulo the modulus, where R is 2^(32 · limbs): what takes a number into Montgomery's form. */
  private square: usize;
  private exponent: u64;

  /** Null where the modulus is even or longer than RSA_BYTES_MAX. `exponent` has at most eight bytes and is not 0. */
  static of(arena: Arena, modulus: Slice, exponent: Slice): RsaKey | null {
    let skip = 0;
    while (skip < modulus.length && !modulus.byte(skip)) skip++;
    const bytes = modulus.length - skip;
    if (!bytes || bytes > RSA_BYTES_MAX || !(modulus.byte(modulus.length - 1) & 1)) return null;
    const key = make<RsaKey>(arena);
    key.bytes = bytes;
    key.bits = (bytes << 3) - (<i32>clz<u32>(modulus.byte(skip)) - 24);
    key.limbs = (bytes + 3) >> 2;
    key.modulus = key.number(arena, modulus.at + skip, bytes);
    for (let i = 0; i < exponent.length; i++) key.exponent = (key.exponent << 8) | exponent.byte(i);
    key.inverse = negativeInverse(load<u32>(key.modulus));
    key.square = key.montgomerySquare(arena);
    return key;
  }

  /** The signature's power, big-endian in `bytes` bytes; 0 where it is no number below the modulus. */
  power(arena: Arena, signature: Slice): usize {
    if (signature.length != this.bytes) return 0;
    const base = this.number(arena, signature.at, this.bytes);
    if (!this.isBelowModulus(base)) return 0;
    this.multiply(base, base, this.square);
    const result = arena.copy(base, this.limbs << 2);
    for (let bit = 62 - <i32>clz(this.exponent); bit >= 0; bit--) {
      this.multiply(result, result, result);
      if ((this.exponent >> bit) & 1) this.multiply(result, result, base);
    }
    const one = arena.zeroed(this.limbs << 2);
    store<u32>(one, 1);
    this.multiply(result, result, one);
    const to = arena.take(this.bytes);
    for (let i = 0; i < this.bytes; i++) store<u8>(to + i, load<u8>(result + this.bytes - 1 - i));
    return to;
  }

  private number(arena: Arena, at: usize, bytes: i32): usize {
    const number = arena.zeroed(this.limbs << 2);
    for (let i = 0; i < bytes; i++) store<u8>(number + i, load<u8>(at + bytes - 1 - i));
    return number;
  }

  /** From 2^(bits - 1), which is below the modulus, by doubling to 2R, and from there by squaring: 2^(32 · limbs) · R is R². */
  private montgomerySquare(arena: Arena): usize {
    const number = arena.zeroed(this.limbs << 2);
    const top = this.bits - 1;
    store<u32>(number + ((top >> 5) << 2), 1 << (top & 31));
    const bits = this.limbs << 5;
    for (let i = top; i <= bits; i++) this.double(number);
    for (let bit = 30 - <i32>clz<u32>(bits); bit >= 0; bit--) {
      this.multiply(number, number, number);
      if ((bits >> bit) & 1) this.double(number);
    }
    return number;
  }

  private double(number: usize): void {
    let carry: u32 = 0;
    for (let i = 0; i < this.limbs; i++) {
      const limb = load<u32>(number + (i << 2));
      store<u32>(number + (i << 2), (limb << 1) | carry);
      carry = limb >> 31;
    }
    if (carry || !this.isBelowModulus(number)) this.subtractModulus(number);
  }

  private isBelowModulus(number: usize): bool {
    for (let i = this.limbs - 1; i >= 0; i--) {
      const limb = load<u32>(number + (i << 2));
      const other = load<u32>(this.modulus + (i << 2));
      if (limb != other) return limb < other;
    }
    return false;
  }

  private subtractModulus(number: usize): void {
    let borrow: u64 = 0;
    for (let i = 0; i < this.limbs; i++) {
      const difference = <u64>load<u32>(number + (i << 2)) - load<u32>(this.modulus + (i << 2)) - borrow;
      store<u32>(number + (i << 2), <u32>difference);
      borrow = difference >> 63;
    }
  }

  /** left · right / R modulo the modulus; `to` may be one of them. (Koç, Acar, Kaliski: coarsely integrated operand scanning.) */
  private multiply(to: usize, left: usize, right: usize): void {
    const end = (<usize>this.limbs) << 2;
    const modulus = this.modulus;
    memory.fill(SUM, 0, end + 8);
    for (let i: usize = 0; i < end; i += 4) {
      const factor: u64 = load<u32>(left + i);
      let sum: u64 = 0;
      for (let j: usize = 0; j < end; j += 4) {
        sum = <u64>load<u32>(SUM + j) + factor * load<u32>(right + j) + (sum >> 32);
        store<u32>(SUM + j, <u32>sum);
      }
      sum = <u64>load<u32>(SUM + end) + (sum >> 32);
      store<u32>(SUM + end, <u32>sum);
      store<u32>(SUM + end, <u32>(sum >> 32), 4);
      // So many times the modulus that the lowest limb becomes 0, and drops out.
      // In a variable of its own: where 64 bits are wanted, `load` gives 64, and the product would not wrap.
      const lowest: u32 = load<u32>(SUM);
      const times: u64 = lowest * this.inverse;
      sum = <u64>lowest + times * load<u32>(modulus);
      for (let j: usize = 4; j < end; j += 4) {
        sum = <u64>load<u32>(SUM + j) + times * load<u32>(modulus + j) + (sum >> 32);
        store<u32>(SUM + j - 4, <u32>sum);
      }
      sum = <u64>load<u32>(SUM + end) + (sum >> 32);
      store<u32>(SUM + end - 4, <u32>sum);
      store<u32>(SUM + end, load<u32>(SUM + end, 4) + <u32>(sum >> 32));
    }
    memory.copy(to, SUM, end);
    if (load<u32>(SUM + end) || !this.isBelowModulus(to)) this.subtractModulus(to);
  }
}

/** Newton's iteration doubles the bits that are right; an odd number is its own inverse modulo 8. */
function negativeInverse(odd: u32): u32 {
  let inverse = odd;
  for (let i = 0; i < 4; i++) inverse *= 2 - odd * inverse;
  return -inverse;
}
