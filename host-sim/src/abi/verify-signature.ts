import { createPublicKey, verify } from 'node:crypto';
import { type Field, readFields, writeFields } from './protobuf.js';

const HASHES = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
/** Envoy: BoringSSL knows no others. */
const CURVES = ['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Envoy: RSASSA-PKCS1-v1_5 and ECDSA (signature in DER) over a key in DER (SubjectPublicKeyInfo); it takes no PSS and no
 * EdDSA. The answer is a message, not a status, also where key or hash are no good; undefined, which is
 * the status BadArgument, where there is no key or the argument is no message.
 *
 *   VerifySignatureArguments   1 hash_function · 2 public_key · 3 signature · 4 text
 *   VerifySignatureResult      1 result · 2 error
 */
export function verifySignature(argument: Uint8Array): Uint8Array | undefined {
  const fields = readFields(argument);
  if (!fields) return undefined;
  const bytes = (number: number): Uint8Array => {
    const value = fields.get(number);
    return value instanceof Uint8Array ? value : new Uint8Array();
  };
  if (bytes(2).length === 0) return undefined;
  const error = problem(Buffer.from(bytes(1)).toString('latin1'), bytes(2), bytes(3), bytes(4));
  const answer: Field[] = error === undefined ? [[1, 1]] : [[2, Buffer.from(error)]];
  return writeFields(answer);
}

function problem(hash: string, der: Uint8Array, signature: Uint8Array, text: Uint8Array): string | undefined {
  if (!HASHES.includes(hash.toLowerCase())) return `${hash} is not supported.`;
  try {
    const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
    if (key.asymmetricKeyType !== 'rsa' && !CURVES.includes(curve)) return 'Failed to initialize digest verify.';
    return verify(hash, text, key, signature) ? undefined : 'Failed to verify digest. Error code: 0';
  } catch {
    return 'Failed to initialize digest verify.';
  }
}
