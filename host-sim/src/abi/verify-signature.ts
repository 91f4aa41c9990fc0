import { isUtf8 } from 'node:buffer';
import { createPublicKey, verify } from 'node:crypto';
import { type Field, readFields, writeFields } from './protobuf.js';

const HASHES = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
/** Envoy: BoringSSL knows no others. */
const CURVES = ['secp224r1', 'prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Envoy: RSASSA-PKCS1-v1_5 and ECDSA (signature in DER) over a key in DER or PEM (SubjectPublicKeyInfo); it takes no PSS and no
 * EdDSA. The answer is a message, not a status, also where key or hash are no good; undefined, which is
 * the status BadArgument, where there is no key, or two, or the argument is no message.
 *
 *   VerifySignatureArguments   1 hash_function · 2 public_key · 3 signature · 4 text · 5 public_key_pem
 *   VerifySignatureResult      1 result · 2 error
 */
export function verifySignature(argument: Uint8Array): Uint8Array | undefined {
  const fields = readFields(argument);
  if (!fields) return undefined;
  const bytes = (number: number): Uint8Array => {
    const value = fields.get(number);
    return value instanceof Uint8Array ? value : new Uint8Array();
  };
  const keys = { der: bytes(2), pem: bytes(5) };
  // Envoy: one of the two; and a string of a message has to be UTF-8.
  if ((keys.der.length === 0) === (keys.pem.length === 0)) return undefined;
  if (!isUtf8(keys.pem) || !isUtf8(bytes(1))) return undefined;
  const error = problem(Buffer.from(bytes(1)).toString('latin1'), keys, bytes(3), bytes(4));
  const answer: Field[] = error === undefined ? [[1, 1]] : [[2, Buffer.from(error)]];
  return writeFields(answer);
}

interface Keys {
  der: Uint8Array;
  pem: Uint8Array;
}

function problem(hash: string, { der, pem }: Keys, signature: Uint8Array, text: Uint8Array): string | undefined {
  if (!HASHES.includes(hash.toLowerCase())) return `${hash} is not supported.`;
  try {
    // Node would make the public key of a private one.
    if (pem.length > 0 && !Buffer.from(pem).includes('-----BEGIN PUBLIC KEY-----'))
      return 'Failed to initialize digest verify.';
    const key =
      pem.length > 0
        ? createPublicKey(Buffer.from(pem))
        : createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
    if (key.asymmetricKeyType !== 'rsa' && !CURVES.includes(curve)) return 'Failed to initialize digest verify.';
    return verify(hash, text, key, signature) ? undefined : 'Failed to verify digest. Error code: 0';
  } catch {
    return 'Failed to initialize digest verify.';
  }
}
