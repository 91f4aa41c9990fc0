import { callForeignFunction } from '../hostcalls/foreign-function';
import { request } from '../memory/request';
import { Slice } from '../bytes/slice';
import { Writer } from '../bytes/writer';

/**
 * Envoy's `verify_signature`: RSASSA-PKCS1-v1_5 or ECDSA, as the key says. `hash` is `sha256`, `sha384` or `sha512`, `key` a
 * SubjectPublicKeyInfo in DER, an ECDSA signature is in DER too. False where anything at all is wrong.
 *
 *   VerifySignatureArguments   1 hash_function · 2 public_key · 3 signature · 4 text      (all length-delimited)
 *   VerifySignatureResult      1 result (bool, left out when false) · 2 error
 */
export function verifySignature(hash: Slice, key: Slice, signature: Slice, text: Slice): bool {
  const size = hash.length + key.length + signature.length + text.length + 32;
  const argument = Writer.in(request, size);
  varint(argument.byte(0x0a), hash.length).text(hash);
  varint(argument.byte(0x12), key.length).slice(key);
  varint(argument.byte(0x1a), signature.length).slice(signature);
  varint(argument.byte(0x22), text.length).slice(text);
  const result = callForeignFunction('verify_signature', argument.done());
  // Fields are written in order of their numbers, so a result that is true stands first.
  return result != null && result.byte(0) == 0x08 && result.byte(1) == 1;
}

function varint(writer: Writer, value: u32): Writer {
  for (; value >= 0x80; value >>= 7) writer.byte((value & 0x7f) | 0x80);
  return writer.byte(value);
}
