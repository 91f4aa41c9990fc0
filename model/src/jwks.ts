import { parseDocument } from 'yaml';
import { isEd25519Key } from './ed25519.js';

interface Kind {
  kty: string;
  /** Whatever it may be where it is not said here. */
  crv?: string;
  algorithms: readonly string[];
  /** Of a coordinate. */
  bytes: number;
}

/** What a key may verify, by its kind (and curve): the filter verifies nothing else. */
const kinds: readonly Kind[] = [
  { kty: 'RSA', algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'], bytes: 0 },
  { kty: 'EC', crv: 'P-256', algorithms: ['ES256'], bytes: 32 },
  { kty: 'EC', crv: 'P-384', algorithms: ['ES384'], bytes: 48 },
  { kty: 'EC', crv: 'P-521', algorithms: ['ES512'], bytes: 66 },
  // Two names of one thing here: RFC 8037's, and the one in which RFC 9864 says the curve.
  { kty: 'OKP', crv: 'Ed25519', algorithms: ['EdDSA', 'Ed25519'], bytes: 32 },
];

interface Jwk {
  kty?: unknown;
  crv?: unknown;
  k?: unknown;
  alg?: unknown;
  kid?: unknown;
  use?: unknown;
  key_ops?: unknown;
  d?: unknown;
  n?: unknown;
  e?: unknown;
  x?: unknown;
  y?: unknown;
}

/** PSS is computed in the filter, at a cost that grows with the square of the modulus and the bits of the exponent. */
const pssBytesMax = 512;
const pssExponentMax = 65_537n;

/** RFC 7518 §4.1 and §5.1. */
const forEncryption = /^(dir$|RSA1_5|RSA-OAEP|ECDH-ES|PBES2-|A128|A192|A256)/;

/** What to write where a symmetric key stands in a policy. */
const secretAdvice = 'name it with {env: NAME} or {file: path}';

/**
 * What is wrong with a JWK Set (RFC 7517) that stands in a policy; undefined when the filter can verify with it. It refuses
 * what this refuses: Envoy would not start with it.
 */
export function keySetProblem(text: string, advice: string = secretAdvice): string | undefined {
  return problemIn(text, (key, named) => {
    if (key?.kty === 'oct') return `${named} is symmetric (kty oct) and so a secret: ${advice}`;
    return key?.d === undefined
      ? undefined
      : `${named} contains its private part (d), which only the issuer may have: remove it`;
  });
}

/** The same of a set that a policy only names, and that may have secrets in it. */
export function namedKeySetProblem(text: string): string | undefined {
  return problemIn(text, () => undefined);
}

type SecretProblem = (key: Jwk, named: string) => string | undefined;

function problemIn(text: string, secretProblem: SecretProblem): string | undefined {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    return 'is not valid JSON';
  }
  // JSON.parse takes the last of two members of one name; YAML, of which JSON is a part, takes none.
  if (parseDocument(text).errors.some(({ code }) => code === 'DUPLICATE_KEY'))
    return 'has the same field twice in one object';
  const keys = (set as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return 'is not a key set, write {"keys":[…]}';
  if (keys.length > 64) return 'has more than 64 keys';
  const verifying = (keys as Jwk[]).filter(isForSignatures);
  if (keys.length > 0 && verifying.length === 0) return 'has no key for signatures';
  const problem = verifying.map((key) => keyProblem(key, secretProblem)).find((found) => found !== undefined);
  if (problem !== undefined) return problem;
  const twin = verifying.find((key, index) => verifying.slice(0, index).some((other) => areAlike(key, other)));
  return twin && `has two keys with the kid ${JSON.stringify(twin.kid)} for the same algorithm`;
}

/** Whether a key set has a symmetric or a private key; what is no key set has none. */
export function holdsSecretKey(text: string): boolean {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) && (keys as Jwk[]).some((key) => key?.kty === 'oct' || key?.d !== undefined);
  } catch {
    return false;
  }
}

/** A token could mean either. One kid for several algorithms is common. */
function areAlike(key: Jwk, other: Jwk): boolean {
  if (key.kid === undefined || key.kid !== other.kid) return false;
  const others = algorithmsOf(other);
  return algorithmsOf(key).some((algorithm) => others.includes(algorithm));
}

/** Of a key that is right. */
function algorithmsOf(key: Jwk): readonly string[] {
  if (key.kty === 'oct') return key.alg === undefined ? hmacAlgorithms(key) : [key.alg as string];
  const own = key.alg === undefined ? (kindOf(key)?.algorithms ?? []) : [key.alg as string];
  if (key.kty === 'OKP') return ['EdDSA'];
  return pssProblem(key) ? own.filter((algorithm) => !algorithm.startsWith('PS')) : own;
}

function kindOf(key: Jwk): Kind | undefined {
  return kinds.find(({ kty, crv }) => kty === key?.kty && (crv === undefined || crv === key.crv));
}

/** Keys for encryption stand in the same sets; they are left alone. */
function isForSignatures(key: Jwk): boolean {
  if (typeof key?.use === 'string' && key.use !== 'sig') return false;
  if (typeof key?.alg === 'string' && forEncryption.test(key.alg)) return false;
  return !Array.isArray(key?.key_ops) || key.key_ops.includes('verify');
}

/** Of a symmetric key: it must not be shorter than the digest (RFC 7518 §3.2). */
function hmacAlgorithms(key: Jwk): readonly string[] {
  const length = bytes(key.k)?.length ?? 0;
  return ['HS256', 'HS384', 'HS512'].filter((_, index) => length >= 32 + 16 * index);
}

function symmetricProblem(key: Jwk, named: string): string | undefined {
  const allowed = hmacAlgorithms(key);
  if (allowed.length === 0) return `${named} needs a k in base64url of at least 32 bytes`;
  if (key.alg === undefined || allowed.includes(key.alg as string)) return undefined;
  return `${named} is for ${String(key.alg)}; a symmetric key of its length can verify ${allowed.join(', ')}`;
}

function keyProblem(key: Jwk, secretProblem: SecretProblem): string | undefined {
  const named = `the key ${typeof key?.kid === 'string' ? JSON.stringify(key.kid) : 'without a kid'}`;
  const exposed = secretProblem(key, named);
  if (exposed !== undefined) return exposed;
  if (key?.kid !== undefined && typeof key.kid !== 'string') return 'has a key whose kid is not text';
  if (key?.kty === 'oct') return symmetricProblem(key, named);
  const kind = kindOf(key);
  if (!kind) {
    const said = [key?.kty, key?.kty === 'EC' || key?.kty === 'OKP' ? key.crv : undefined].filter(Boolean).join(' ');
    const known = kinds.map(({ kty, crv = kty }) => crv).join(', ');
    return `${named} is of a kind that is not in this release yet (${said}), supported: ${known}`;
  }
  if (key.alg !== undefined && typeof key.alg !== 'string')
    return `${named} has an invalid alg: write text or leave it out`;
  if (key.alg !== undefined && !kind.algorithms.includes(key.alg))
    return `${named} has the alg ${key.alg}, which a key of its kind cannot verify here, write one of ${kind.algorithms.join(', ')}`;
  if (kind.kty === 'EC') {
    const right = [key.x, key.y].every((coordinate) => bytes(coordinate)?.length === kind.bytes);
    return right ? undefined : `${named} needs x and y in base64url, ${kind.bytes} bytes each`;
  }
  if (kind.kty === 'OKP') {
    const x = bytes(key.x);
    if (x?.length !== kind.bytes) return `${named} needs x in base64url, ${kind.bytes} bytes`;
    return isEd25519Key(x)
      ? undefined
      : `${named} has an x that is not a point on ${kind.crv}, or is one of small order`;
  }
  const modulus = bytes(key.n)?.length ?? 0;
  if (modulus < 256 || modulus > 1024) return `${named} needs a modulus (n) in base64url of 2048 to 8192 bits`;
  const value = exponentOf(key);
  if (value < 3n || value > 2n ** 32n || value % 2n === 0n)
    return `${named} needs an odd exponent (e) in base64url, usually AQAB`;
  const tooDear = key.alg?.startsWith('PS') ? pssProblem(key) : undefined;
  return tooDear && `${named} is for ${key.alg} and ${tooDear}: verifying with it would take too long`;
}

function pssProblem(key: Jwk): string | undefined {
  if ((bytes(key.n)?.length ?? 0) > pssBytesMax) return 'is longer than 4096 bits';
  return exponentOf(key) > pssExponentMax ? 'has an exponent above 65537' : undefined;
}

/** 0 where there is none, or one of more than eight bytes. */
function exponentOf(key: Jwk): bigint {
  const exponent = bytes(key.e);
  return exponent && exponent.length <= 8 ? BigInt(`0x0${exponent.toString('hex')}`) : 0n;
}

/** Strict: what is not written as base64url without padding has none. */
function bytes(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined;
  const decoded = Buffer.from(text, 'base64url');
  return decoded.toString('base64url') === text ? decoded : undefined;
}
