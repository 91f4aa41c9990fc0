/** floor(a × b / c) without overflow in between; `u64.MAX_VALUE` if the result does not fit, or if `c` is 0. */
export function mulDiv(a: u64, b: u64, c: u64): u64 {
  if (!c) return u64.MAX_VALUE;
  if (clz(a) + clz(b) >= 64) return (a * b) / c;
  // The product as two words, from four of 32 × 32 bits.
  const low = (a & LOW) * (b & LOW);
  const crossed = (a >> 32) * (b & LOW) + (low >> 32);
  const other = (a & LOW) * (b >> 32) + (crossed & LOW);
  let high = (a >> 32) * (b >> 32) + (crossed >> 32) + (other >> 32);
  let rest = (other << 32) | (low & LOW);
  if (high >= c) return u64.MAX_VALUE;
  // Long division, a bit at a time: `high` is the remainder, the quotient moves into `rest` from the right.
  for (let i = 0; i < 64; i++) {
    const carry = high >> 63;
    high = (high << 1) | (rest >> 63);
    rest <<= 1;
    if (carry || high >= c) {
      high -= c;
      rest |= 1;
    }
  }
  return rest;
}

/** The same, rounded up. */
export function mulDivUp(a: u64, b: u64, c: u64): u64 {
  const floor = mulDiv(a, b, c);
  // Modulo 2^64 the products differ by the remainder, which is below c.
  return floor == u64.MAX_VALUE || a * b == floor * c ? floor : floor + 1;
}

const LOW: u64 = 0xffffffff;
