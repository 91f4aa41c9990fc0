import { isUtf8 } from 'node:buffer';
import { createPrivateKey, sign as signText } from 'node:crypto';
import { type Field, readFields, writeFields } from './protobuf.js';

const HASHES = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

/**
 * Envoy: RSASSA-PKCS1-v1_5 or ECDSA (in DER) with a private key in DER (PKCS #8) or PEM.
 *
 *   SignArguments   1 hash_function · 2 private_key · 3 text · 4 private_key_pem
 *   SignResult      1 result · 2 signature · 3 error
 */
export function sign(argument: Uint8Array): Uint8Array | undefined {
  const fields = readFields(argument);
  if (!fields) return undefined;
  const bytes = (number: number): Uint8Array => {
    const value = fields.get(number);
    return value instanceof Uint8Array ? value : new Uint8Array();
  };
  const hash = Buffer.from(bytes(1)).toString('latin1').toLowerCase();
  const pem = Buffer.from(bytes(4));
  // Envoy: one of the two keys; and a string of a message has to be UTF-8.
  if ((bytes(2).length === 0) === (pem.length === 0)) return undefined;
  if (!isUtf8(pem) || !isUtf8(bytes(1))) return undefined;
  const answer = (result: Field[]) => writeFields(result);
  if (!HASHES.includes(hash)) return answer([[3, Buffer.from(`${hash} is not supported.`)]]);
  try {
    const key = createPrivateKey(pem.length > 0 ? pem : { key: Buffer.from(bytes(2)), format: 'der', type: 'pkcs8' });
    return answer([
      [1, 1],
      [2, signText(hash, bytes(3), key)],
    ]);
  } catch {
    return answer([[3, Buffer.from('Invalid key type: private key required for signing operation.')]]);
  }
}
