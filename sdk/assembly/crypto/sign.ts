import { callForeignFunction } from '../hostcalls/foreign-function';
import { request } from '../memory/request';
import { Slice } from '../bytes/slice';
import { MessageReader } from '../protobuf/reader';
import { MessageWriter } from '../protobuf/writer';

/**
 * Signs a text by Envoy: RSASSA-PKCS1-v1_5 or ECDSA (in DER), depending on the key. `hash` is `sha256`, `sha384` or
 * `sha512`, `key` a private key in PKCS #8 DER. Null if anything is wrong, or if the host has no such function.
 *
 *   SignArguments   1 hash_function · 2 private_key · 3 text
 *   SignResult      1 result (bool) · 2 signature · 3 error
 */
export function sign(hash: Slice, key: Slice, text: Slice): Slice | null {
  const argument = MessageWriter.in(request, hash.length + key.length + text.length + 32);
  const answer = callForeignFunction('sign', argument.bytes(1, hash).bytes(2, key).bytes(3, text).done());
  if (!answer) return null;
  let signed = false;
  let signature: Slice | null = null;
  const reader = MessageReader.of(request, answer);
  while (reader.next()) {
    if (reader.field == 1) signed = reader.number == 1;
    else if (reader.field == 2) signature = reader.bytes;
  }
  return signed && !reader.wrong ? signature : null;
}
