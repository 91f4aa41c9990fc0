import {
  Arena,
  List,
  MD5_BYTES,
  SHA256_BYTES,
  Slice,
  Writer,
  fromHex,
  md5,
  sameInConstantTime,
  sliceOf,
  toHex,
} from 'proxy-wasm';
import { Secret } from './policy';

const DIGEST: usize = memory.data(32, 8);

/** The digest over a token's parts with one secret, in lower-case hex. */
export function tokenDigest(
  arena: Arena,
  system: Slice,
  date: Slice,
  nonce: Slice | null,
  secret: Secret,
  classic: bool,
): Slice {
  const length = digestInto(DIGEST, arena, system, date, nonce, secret, classic);
  const hex = arena.take(length << 1);
  toHex(DIGEST, length, hex);
  return sliceOf(arena, hex, length << 1);
}

/** Whether one of the secrets gives `digest` (hex of the right length). All are tried: the time tells nothing. */
export function verifiesDigest(
  arena: Arena,
  system: Slice,
  date: Slice,
  nonce: Slice | null,
  digest: Slice,
  secrets: List<Secret>,
  classic: bool,
): bool {
  const given = arena.take(SHA256_BYTES);
  if (!fromHex(digest.at, digest.length >> 1, given)) return false;
  let verified = false;
  for (let i = 0; i < secrets.length; i++) {
    const length = digestInto(DIGEST, arena, system, date, nonce, secrets.at(i), classic);
    const same = sameInConstantTime(DIGEST, given, length);
    verified = same || verified;
  }
  return verified;
}

/** HMAC-SHA-256 over the parts joined by dots, or MD5 over the parts and the secret without any. */
function digestInto(
  to: usize,
  arena: Arena,
  system: Slice,
  date: Slice,
  nonce: Slice | null,
  secret: Secret,
  classic: bool,
): i32 {
  const message = Writer.in(arena).text(system);
  if (!classic) message.byte(0x2e);
  message.text(date);
  if (nonce) {
    if (!classic) message.byte(0x2e);
    message.text(nonce);
  }
  if (classic) {
    message.text(secret.text);
    md5(message.at, message.length, to);
    return MD5_BYTES;
  }
  secret.hmac.digest(message.at, message.length, to);
  return SHA256_BYTES;
}
