import { callForeignFunction } from '../hostcalls/foreign-function';
import { request } from '../memory/request';
import { Slice } from '../bytes/slice';
import { MessageWriter } from '../protobuf/writer';

/** What the host says about a signature. UNKNOWN: nothing, because memory ran out or it may not be asked. */
export enum Signature {
  WRONG,
  RIGHT,
  UNKNOWN,
}

/**
 * Verifies a signature by Envoy: RSASSA-PKCS1-v1_5 or ECDSA, depending on the key. `hash` is `sha256`, `sha384` or
 * `sha512`, `key` a SubjectPublicKeyInfo in DER; an ECDSA signature is in DER too.
 *
 *   VerifySignatureArguments   1 hash_function · 2 public_key · 3 signature · 4 text      (all length-delimited)
 *   VerifySignatureResult      1 result (bool, left out when false) · 2 error
 */
export function checkSignature(hash: Slice, key: Slice, signature: Slice, text: Slice): Signature {
  const size = hash.length + key.length + signature.length + text.length + 32;
  const argument = MessageWriter.in(request, size).bytes(1, hash).bytes(2, key).bytes(3, signature).bytes(4, text);
  const result = callForeignFunction('verify_signature', argument.done());
  // Fields are written in order of their numbers, so a result that is true stands first.
  if (!result) return Signature.UNKNOWN;
  return result.byte(0) == 0x08 && result.byte(1) == 1 ? Signature.RIGHT : Signature.WRONG;
}

/** The same as a yes or no: false if anything is wrong. */
export function verifySignature(hash: Slice, key: Slice, signature: Slice, text: Slice): bool {
  return checkSignature(hash, key, signature, text) == Signature.RIGHT;
}
