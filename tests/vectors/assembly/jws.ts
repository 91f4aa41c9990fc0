// What the TypeScript tests call with published JSON Web Signatures.
import { Decoder, Ed25519Key, RsaKey, Slice, enter, heapArena, request, sliceOf, verifyPss } from 'proxy-wasm';
import { decodeKeys } from '../../../filters/jwt/key-set';
import { Algorithm } from '../../../filters/jwt/algorithm';
import { algorithmIn, unproved } from '../../../filters/jwt/proof';
import { readJws } from '../../../filters/jwt/token';

/** 1 proved, 0 not, -1 when the key is refused; `bytes` are those of the digest. */
export function verifiesPss(
  modulus: ArrayBuffer,
  exponent: ArrayBuffer,
  bytes: i32,
  text: ArrayBuffer,
  signature: ArrayBuffer,
): i32 {
  enter();
  const key = RsaKey.of(request, sliceOfBuffer(modulus), sliceOfBuffer(exponent));
  if (!key) return -1;
  return verifyPss(request, key, bytes, sliceOfBuffer(signature), sliceOfBuffer(text)) ? 1 : 0;
}

/** 1 proved, 0 not, -1 when the key is refused. */
export function verifiesEd25519(publicKey: ArrayBuffer, text: ArrayBuffer, signature: ArrayBuffer): i32 {
  enter();
  const key = Ed25519Key.of(request, sliceOfBuffer(publicKey));
  if (!key) return -1;
  return key.verifies(sliceOfBuffer(signature), sliceOfBuffer(text)) ? 1 : 0;
}

function sliceOfBuffer(buffer: ArrayBuffer): Slice {
  return sliceOf(request, changetype<usize>(buffer), buffer.byteLength);
}

export { proxy_on_memory_allocate } from 'proxy-wasm';

/** 1 proved, 0 not, -1 when the key set is refused. */
export function proves(keySet: ArrayBuffer, token: ArrayBuffer): i32 {
  enter();
  const arena = heapArena();
  const decoder = Decoder.in(arena);
  const text = sliceOf(arena, changetype<usize>(keySet), keySet.byteLength);
  const set = decoder.parse(text.at, text.length);
  const keys = set ? decodeKeys(decoder, set, true) : null;
  if (!keys || decoder.mistake) return -1;
  const jws = readJws(arena, sliceOf(arena, changetype<usize>(token), token.byteLength));
  if (!jws || !jws.signature.length) return 0;
  const algorithm = algorithmIn(jws.header);
  return algorithm != Algorithm.UNKNOWN && unproved(keys, jws, algorithm) < 0 ? 1 : 0;
}
