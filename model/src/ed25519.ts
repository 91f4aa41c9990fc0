/** The field of edwards25519, and d of its equation -x² + y² = 1 + d·x²·y² (RFC 8032 §5.1). */
const p = 2n ** 255n - 19n;
const d = modulo(-121665n * inverse(121666n));

/**
 * Whether 32 bytes are a key with which the filter verifies: a point in its one form (RFC 8032 §5.1.3), and none of the eight of a
 * small order, with which anybody's signature holds.
 */
export function isEd25519Key(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false;
  const number = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const y = number % 2n ** 255n;
  if (y >= p) return false;
  const xx = modulo((y * y - 1n) * inverse(d * y * y + 1n));
  // 0, which has no sign, is the x of two of those eight.
  return power(xx, (p - 1n) / 2n) === 1n && !isOfSmallOrder(xx, y);
}

/** Doubled three times it would be (0, 1). The square of x is enough to tell. */
function isOfSmallOrder(xx: bigint, y: bigint): boolean {
  for (let i = 0; i < 3; i++) {
    const product = modulo(d * xx * y * y);
    const doubled = modulo((xx + y * y) * inverse(1n - product));
    xx = modulo(4n * xx * y * y * inverse((1n + product) ** 2n));
    y = doubled;
  }
  return y === 1n;
}

function inverse(number: bigint): bigint {
  return power(modulo(number), p - 2n);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; square = (square * square) % p, rest /= 2n)
    if (rest % 2n === 1n) result = (result * square) % p;
  return result;
}

function modulo(number: bigint): bigint {
  return ((number % p) + p) % p;
}
