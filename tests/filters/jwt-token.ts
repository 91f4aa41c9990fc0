import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export const algorithms = [
  ...(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'EdDSA'] as const),
] as const;
export type Algorithm = (typeof algorithms)[number];

/** A secret long enough for all three digests. */
export const secret = Buffer.alloc(64, 'a secret of the tests ');

const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pairs: Record<string, { publicKey: KeyObject; privateKey: KeyObject }> = {
  ...{ RS256: rsa, RS384: rsa, RS512: rsa },
  ...{ PS256: rsa, PS384: rsa, PS512: rsa },
  EdDSA: generateKeyPairSync('ed25519'),
};
for (const [algorithm, namedCurve] of Object.entries(curves))
  pairs[algorithm] = generateKeyPairSync('ec', { namedCurve });

/** Nobody signs with them, so their moduli are any odd numbers of 2048 bits. */
const otherRsaKeys = Array.from({ length: 16 }, (_, i) => {
  const n = Buffer.concat([Buffer.alloc(255, 0xf1 ^ i), Buffer.of(0x0f)]).toString('base64url');
  return { kty: 'RSA', n, e: 'AQAB' };
});

/** The key of an algorithm as a key set has it; its kid is the algorithm's name. */
export function jwk(algorithm: Algorithm, more: object = {}): object {
  const key = algorithm.startsWith('HS')
    ? { kty: 'oct', k: secret.toString('base64url') }
    : pairs[algorithm]?.publicKey.export({ format: 'jwk' });
  return { ...key, alg: algorithm, kid: algorithm, use: 'sig', ...more };
}

/** So many public keys that sign nothing. */
export function ed25519Keys(count: number): object[] {
  return Array.from({ length: count }, () => generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }));
}

/** So many RSA keys of 2048 bits that sign nothing, for any of their algorithms. */
export function rsaKeys(count: number): object[] {
  return otherRsaKeys.slice(0, count);
}

export function keySet(...keys: object[]): string {
  return JSON.stringify({ keys });
}

/** A compact JWS over a payload that is written out: what JSON.stringify cannot write is wanted too. */
export function jws(algorithm: Algorithm, payload: string, header: object = {}): string {
  const input = `${encode(JSON.stringify({ alg: algorithm, kid: algorithm, ...header }))}.${encode(payload)}`;
  return `${input}.${signature(algorithm, input).toString('base64url')}`;
}

export function jwt(
  claims: object,
  { algorithm = 'HS256', header = {} }: { algorithm?: Algorithm; header?: object } = {},
) {
  return jws(algorithm, JSON.stringify(claims), header);
}

export function encode(text: string | Buffer): string {
  return Buffer.from(text as string).toString('base64url');
}

export function signature(algorithm: Algorithm, input: string, key: Buffer = secret): Buffer {
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  if (hash && algorithm.startsWith('HS')) return createHmac(hash, key).update(input).digest();
  const privateKey = pairs[algorithm]?.privateKey as KeyObject;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const more = algorithm.startsWith('PS') ? pss : { dsaEncoding: 'ieee-p1363' as const };
  return sign(hash, Buffer.from(input), { key: privateKey, ...more });
}

/** The public key of RS256 as a file has it: what an HMAC must never be keyed with. */
export const rsaPem = Buffer.from(rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string);
