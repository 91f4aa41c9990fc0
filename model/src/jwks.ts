/** What a key may verify, by its kind (and curve): the filter verifies nothing else. */
const algorithms: Record<string, readonly string[]> = {
  oct: ['HS256', 'HS384', 'HS512'],
  RSA: ['RS256', 'RS384', 'RS512'],
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  'P-521': ['ES512'],
};

interface Jwk {
  kty?: unknown;
  crv?: unknown;
  alg?: unknown;
  kid?: unknown;
  use?: unknown;
  key_ops?: unknown;
  d?: unknown;
}

/** What is wrong with a JWK Set (RFC 7517) that stands in a policy; undefined when the filter can verify with it. */
export function keySetProblem(text: string): string | undefined {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  const keys = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return 'is no key set, write {"keys":[…]}';
  if (keys.length > 64) return 'has more than 64 keys';
  const verifying = (keys as Jwk[]).filter(isForSignatures);
  if (verifying.length === 0) return 'has no key for signatures';
  const ids = verifying.map((key) => key?.kid).filter((kid) => kid !== undefined);
  if (new Set(ids).size !== ids.length) return 'has two keys of the same kid';
  return verifying.map(keyProblem).find((problem) => problem !== undefined);
}

/** Keys for encryption stand in the same sets; they are left alone. */
function isForSignatures(key: Jwk): boolean {
  if (typeof key?.use === 'string' && key.use !== 'sig') return false;
  return !Array.isArray(key?.key_ops) || key.key_ops.includes('verify');
}

function keyProblem(key: Jwk): string | undefined {
  const named = `the key ${typeof key?.kid === 'string' ? JSON.stringify(key.kid) : 'without a kid'}`;
  if (key?.kty === 'oct')
    return `${named} is symmetric (kty oct) and so a secret: name it with {env: NAME} or {file: path}`;
  if (key?.d !== undefined) return `${named} has its private part (d), which belongs nowhere but with the issuer`;
  const kind = String(key?.kty === 'EC' ? key.crv : key?.kty);
  const possible = kind === 'oct' || !Object.hasOwn(algorithms, kind) ? undefined : algorithms[kind];
  if (!possible)
    return `${named} is of a kind that is not in this release yet (${kind}), known here: RSA, P-256, P-384, P-521`;
  if (key.alg !== undefined && !possible.includes(String(key.alg)))
    return `${named} is for ${key.alg}, which is not in this release yet; with such a key it verifies ${possible.join(', ')}`;
  return undefined;
}
