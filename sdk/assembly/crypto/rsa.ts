// RSA's public operation (RFC 8017 §5.2.2): s^e mod n. All of it is public, so no time tells anything.
import { Arena, make } from '../memory/arena';
import { Slice } from '../bytes/slice';

/** The longest modulus in bytes. The cost grows with its square: 4096 bits take some 0.3 ms with the usual exponent. */
export const RSA_BYTES_MAX: i32 = 512;

/** Of a limb. So small that a column of products, two for each limb, needs 63 bits: no sum carries before it is complete. */
const LIMB_BITS: u32 = 27;
const LIMB_MASK: u32 = (1 << LIMB_BITS) - 1;

/** Of a reduction: by what the modulus is multiplied, limb by limb, so that the lower half of a product becomes 0. */
const FACTORS: usize = memory.data(640, 8);

/** An RSA public key, prepared for Montgomery multiplication. */
@unmanaged
export class RsaKey {
  /** The length of the modulus, and so of a signature, in bytes. */
  bytes: i32;
  /** The length of the modulus in bits. */
  bits: i32;
  private limbs: i32;
  private modulus: usize;
  /** -1 / modulus, modulo 2^32. */
  private inverse: u32;
  /** R² modulo the modulus, where R is 2^(27 · limbs): what takes a number into Montgomery's form. */
  private square: usize;
  private exponent: u64;

  /**
   * A key; null if the modulus is even or longer than `RSA_BYTES_MAX`. `exponent` must have at most eight bytes and not
   * be 0.
   */
  static of(arena: Arena, modulus: Slice, exponent: Slice): RsaKey | null {
    let skip = 0;
    while (skip < modulus.length && !modulus.byte(skip)) skip++;
    const bytes = modulus.length - skip;
    if (!bytes || bytes > RSA_BYTES_MAX || !(modulus.byte(modulus.length - 1) & 1)) return null;
    const key = make<RsaKey>(arena);
    key.bytes = bytes;
    key.bits = (bytes << 3) - (<i32>clz<u32>(modulus.byte(skip)) - 24);
    key.limbs = ((bytes << 3) + LIMB_BITS - 1) / LIMB_BITS;
    key.modulus = key.number(arena, modulus.at + skip, bytes);
    for (let i = 0; i < exponent.length; i++) key.exponent = (key.exponent << 8) | exponent.byte(i);
    key.inverse = negativeInverse(load<u32>(key.modulus));
    key.square = key.montgomerySquare(arena);
    return key;
  }

  /** @internal The power of a signature, big-endian in `bytes` bytes; 0 if it is not below the modulus. */
  power(arena: Arena, signature: Slice): usize {
    if (signature.length != this.bytes) return 0;
    const base = this.number(arena, signature.at, this.bytes);
    if (!this.isBelowModulus(base)) return 0;
    this.multiply(base, base, this.square);
    const result = arena.copy(base, this.limbs << 2);
    for (let bit = 62 - <i32>clz(this.exponent); bit >= 0; bit--) {
      this.squareOf(result, result);
      if ((this.exponent >> bit) & 1) this.multiply(result, result, base);
    }
    const one = arena.zeroed(this.limbs << 2);
    store<u32>(one, 1);
    this.multiply(result, result, one);
    return this.toBytes(arena, result);
  }

  private number(arena: Arena, at: usize, bytes: i32): usize {
    const number = arena.zeroed(this.limbs << 2);
    let rest: u64 = 0;
    let bits: u32 = 0;
    let to = number;
    for (let i = bytes - 1; i >= 0; i--) {
      rest |= (<u64>load<u8>(at + i)) << bits;
      bits += 8;
      if (bits < LIMB_BITS) continue;
      store<u32>(to, (<u32>rest) & LIMB_MASK);
      to += 4;
      rest >>= LIMB_BITS;
      bits -= LIMB_BITS;
    }
    if (bits) store<u32>(to, <u32>rest);
    return number;
  }

  /** Big-endian. */
  private toBytes(arena: Arena, number: usize): usize {
    const to = arena.take(this.bytes);
    let rest: u64 = 0;
    let bits: u32 = 0;
    let from = number;
    for (let i = this.bytes - 1; i >= 0; i--) {
      if (bits < 8) {
        rest |= (<u64>load<u32>(from)) << bits;
        from += 4;
        bits += LIMB_BITS;
      }
      store<u8>(to + i, <u8>rest);
      rest >>= 8;
      bits -= 8;
    }
    return to;
  }

  /** From 2^(bits - 1), which is below the modulus, by doubling to 2R, and from there by squaring: 2^(27 · limbs) · R is R². */
  private montgomerySquare(arena: Arena): usize {
    const number = arena.zeroed(this.limbs << 2);
    const top: u32 = this.bits - 1;
    store<u32>(number + ((top / LIMB_BITS) << 2), 1 << (top % LIMB_BITS));
    const bits: u32 = this.limbs * LIMB_BITS;
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
      const limb = (load<u32>(number + (i << 2)) << 1) | carry;
      store<u32>(number + (i << 2), limb & LIMB_MASK);
      carry = limb >> LIMB_BITS;
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
    let borrow: u32 = 0;
    for (let i = 0; i < this.limbs; i++) {
      const difference = load<u32>(number + (i << 2)) - load<u32>(this.modulus + (i << 2)) - borrow;
      store<u32>(number + (i << 2), difference & LIMB_MASK);
      borrow = difference >> 31;
    }
  }

  /**
   * left · right / R modulo the modulus; `to` may be one of them. (Koç, Acar, Kaliski: finely integrated product scanning.)
   * Column by column, so that a sum stays in a register; the modulus is added so many times that the lower columns become 0.
   */
  private multiply(to: usize, left: usize, right: usize): void {
    const end = (<usize>this.limbs) << 2;
    let sum: u64 = 0;
    for (let column: usize = 0; column < end; column += 4) {
      sum = products(sum, left, right + column, column);
      sum += <u64>load<u32>(left + column) * load<u32>(right);
      sum = this.reduced(sum, column);
    }
    for (let column: usize = 4; column < end; column += 4) {
      sum = products(sum, left + column, right + end - 4, end - column);
      sum = products(sum, FACTORS + column, this.modulus + end - 4, end - column);
      store<u32>(to + column - 4, (<u32>sum) & LIMB_MASK);
      sum >>= LIMB_BITS;
    }
    this.finish(to, sum);
  }

  /** The same of a number with itself: of its products each is there twice, but for the squares of limbs. */
  private squareOf(to: usize, number: usize): void {
    const end = (<usize>this.limbs) << 2;
    let sum: u64 = 0;
    for (let column: usize = 0; column < end; column += 4) {
      sum += products(0, number, number + column, half(column)) << 1;
      if (!(column & 4)) sum += squareAt(number + (column >> 1));
      sum = this.reduced(sum, column);
    }
    for (let column: usize = 4; column < end; column += 4) {
      sum += products(0, number + column, number + end - 4, half(end - 4 - column)) << 1;
      if (!((end - 4 + column) & 4)) sum += squareAt(number + ((end - 4 + column) >> 1));
      sum = products(sum, FACTORS + column, this.modulus + end - 4, end - column);
      store<u32>(to + column - 4, (<u32>sum) & LIMB_MASK);
      sum >>= LIMB_BITS;
    }
    this.finish(to, sum);
  }

  /** A lower column: with the modulus it becomes 0, and what is above it goes on. */
  private reduced(sum: u64, column: usize): u64 {
    sum = products(sum, FACTORS, this.modulus + column, column);
    const factor = (<u32>sum * this.inverse) & LIMB_MASK;
    store<u32>(FACTORS + column, factor);
    return (sum + <u64>factor * load<u32>(this.modulus)) >> LIMB_BITS;
  }

  /** The highest limb, and what the modulus is too many. */
  private finish(to: usize, sum: u64): void {
    const end = (<usize>this.limbs) << 2;
    store<u32>(to + end - 4, (<u32>sum) & LIMB_MASK);
    if (sum >> LIMB_BITS || !this.isBelowModulus(to)) this.subtractModulus(to);
  }
}

/** `sum` with the products of `bytes` bytes of limbs from `up` on upwards with those from `down` on downwards. */
// @ts-ignore: decorator
@inline
function products(sum: u64, up: usize, down: usize, bytes: usize): u64 {
  const end = up + bytes;
  // Two a turn save an eighth of the time.
  for (; up + 4 < end; up += 8, down -= 8) {
    sum += <u64>load<u32>(up) * load<u32>(down) + <u64>load<u32>(up, 4) * load<u32>(down - 4);
  }
  if (up < end) sum += <u64>load<u32>(up) * load<u32>(down);
  return sum;
}

/** Bytes of the limbs below the middle of a column whose last one stands at `last`. */
// @ts-ignore: decorator
@inline
function half(last: usize): usize {
  return (((last >> 2) + 1) >> 1) << 2;
}

function squareAt(at: usize): u64 {
  const limb: u64 = load<u32>(at);
  return limb * limb;
}

/** Newton's iteration doubles the bits that are right; an odd number is its own inverse modulo 8. */
function negativeInverse(odd: u32): u32 {
  let inverse = odd;
  for (let i = 0; i < 4; i++) inverse *= 2 - odd * inverse;
  return -inverse;
}
