import {
  Decoder,
  Ed25519Key,
  HmacKey,
  HmacSha512Key,
  JsonParser,
  Kind,
  List,
  RsaKey,
  Slice,
  Value,
  ecPublicKey,
  environment,
  firstOf,
  fromBase64Url,
  make,
  nextOf,
  rsaPublicKey,
  sliceOf,
} from 'proxy-wasm';
import { Algorithm, HMAC, PSS, RSA, algorithmOf } from './algorithm';
import { Key } from './key';

/** More than any issuer has in force at a time. */
export const KEYS_MAX = 64;
/** RFC 7518 §3.3: a shorter modulus must not be used. */
const MODULUS_BYTES_MIN = 256;
const MODULUS_BYTES_MAX = 1024;
const PSS_EXPONENT_MAX: u64 = 65537;

/** `{inline: text}` or `{env: NAME}`: a JWK Set (RFC 7517), in the configuration or in a variable that the VM was granted. */
export function decodeKeySet(decoder: Decoder, value: Value | null): List<Key> {
  const object = decoder.object(value);
  const inline = decoder.optional(object, 'inline');
  const env = decoder.optional(object, 'env');
  decoder.end(object);
  if (object && (inline != null) == (env != null)) decoder.fail(object, 'needs exactly one of "inline" and "env"');
  const text = env ? variable(decoder, env) : inline ? decoder.text(inline) : null;
  const set = text ? parsed(decoder, env ? env : inline!, text) : null;
  return set ? decodeKeys(decoder, set, env != null) : List.of<Key>(decoder.arena, 0);
}

function variable(decoder: Decoder, env: Value): Slice | null {
  const name = decoder.name(env);
  const text = environment(decoder.scratch, name);
  if (!text) {
    decoder.refuse(decoder.message(env).text('environment variable ').text(name).text(' is not set or empty'));
  }
  return text;
}

/** The set's own values stand, in messages, below the field in which it was given. */
function parsed(decoder: Decoder, field: Value, text: Slice): Value | null {
  const parser = JsonParser.parse(decoder.scratch, text.at, text.length);
  const mistake = parser.mistake;
  let top = mistake ? parser.within : parser.root;
  while (top && top.parent) top = top.parent;
  if (top) {
    top.parent = field.parent;
    top.name = field.name;
  }
  if (mistake) decoder.fail(parser.within, mistake);
  return mistake ? null : decoder.object(top);
}

/**
 * Keys of a set that was written for this filter: a wrong one is a mistake. A set without any key is right, and revokes all.
 * `secret`: the set did not come in the configuration, and so may hold symmetric keys.
 */
export function decodeKeys(decoder: Decoder, set: Value, secret: bool): List<Key> {
  const array = decoder.array(decoder.required(set, 'keys'));
  const keys = decoder.listOf<Key>(array);
  if (!array) return keys;
  if (array.count > KEYS_MAX) decoder.fail(array, 'has more than 64 keys');
  let found = 0;
  for (let item = firstOf(array); item && !decoder.mistake; item = nextOf(item)) {
    const object = decoder.object(item);
    if (!object || !isForSignatures(object)) continue;
    const key = decodeKey(decoder, object, secret);
    for (let i = 0; i < found; i++) {
      if (key.isLike(keys.at(i))) decoder.fail(item, 'has the kid of another key for the same algorithm');
    }
    keys.put(found++, key);
  }
  if (array.count && !found) decoder.fail(array, 'has no key for signatures');
  keys.length = found;
  return keys;
}

/** Keys for encryption stand in the same sets; they are none of our business. */
export function isForSignatures(key: Value): bool {
  const use = key.member('use');
  if (use && use.kind == Kind.STRING && !use.text.equals('sig')) return false;
  const alg = key.member('alg');
  if (alg && alg.kind == Kind.STRING && isForEncryption(alg.text)) return false;
  const operations = key.member('key_ops');
  if (!operations || operations.kind != Kind.ARRAY) return true;
  for (let item = firstOf(operations); item; item = nextOf(item)) {
    if (item.kind == Kind.STRING && item.text.equals('verify')) return true;
  }
  return false;
}

/** RFC 7518 §4.1 and §5.1. */
function isForEncryption(algorithm: Slice): bool {
  return (
    algorithm.equals('dir') ||
    algorithm.startsWith('RSA1_5') ||
    algorithm.startsWith('RSA-OAEP') ||
    algorithm.startsWith('ECDH-ES') ||
    algorithm.startsWith('PBES2-') ||
    algorithm.startsWith('A128') ||
    algorithm.startsWith('A192') ||
    algorithm.startsWith('A256')
  );
}

/** A key; with a mistake where it is none with which this filter can verify. */
export function decodeKey(decoder: Decoder, object: Value, secret: bool): Key {
  const key = make<Key>(decoder.arena);
  key.spki = sliceOf(decoder.arena, 0, 0);
  const id = object.member('kid');
  if (id) key.id = decoder.text(id);
  const kind = decoder.required(object, 'kty');
  const kty = decoder.text(kind);
  if (kty.equals('oct')) decodeSecret(decoder, object, key, secret);
  else if (kty.equals('RSA')) decodeRsa(decoder, object, key);
  else if (kty.equals('EC')) decodeEc(decoder, object, key);
  else if (kty.equals('OKP')) decodeOkp(decoder, object, key);
  else if (kind)
    decoder.fail(kind, 'is a kind of key that this filter cannot verify with; it knows RSA, EC, OKP and oct');
  const alg = object.member('alg');
  if (!alg) return key;
  const algorithm = algorithmOf(decoder.text(alg));
  if (!key.mayVerify(algorithm)) {
    decoder.fail(
      alg,
      'is an algorithm for which this key cannot be used here: HS256 to 512 (as its length allows), RS256 to 512, PS256 to 512 (up to 4096 bits, exponent up to 65537), ES256 to 512 (as its curve says), EdDSA or Ed25519',
    );
  }
  key.allows = 1 << algorithm;
  return key;
}

function decodeSecret(decoder: Decoder, object: Value, key: Key, secret: bool): void {
  if (!secret) return decoder.fail(object, 'is a symmetric key, a secret: it may come by an environment variable only');
  const k = bytes(decoder, object, 'k');
  // RFC 7518 §3.2: a key must not be shorter than the digest.
  key.allows = k.length >= 64 ? HMAC : k.length >= 48 ? 0b11 : k.length >= 32 ? 1 : 0;
  if (!key.allows) decoder.fail(object, 'is shorter than 32 bytes');
  key.hs256 = HmacKey.of(decoder.arena, k.at, k.length);
  key.hs384 = HmacSha512Key.of(decoder.arena, k.at, k.length, 48);
  key.hs512 = HmacSha512Key.of(decoder.arena, k.at, k.length, 64);
}

function decodeRsa(decoder: Decoder, object: Value, key: Key): void {
  const modulus = bytes(decoder, object, 'n');
  const exponent = bytes(decoder, object, 'e');
  const e = exponentOf(exponent);
  if (
    modulus.length < MODULUS_BYTES_MIN ||
    modulus.length > MODULUS_BYTES_MAX ||
    e < 3 ||
    e > 0x100000000 ||
    !(e & 1)
  ) {
    decoder.fail(object, 'must have a modulus of 2048 to 8192 bits and an odd exponent of 3 to 2^32');
    return;
  }
  key.modulus = modulus.length;
  while (key.modulus && !modulus.byte(modulus.length - key.modulus)) key.modulus--;
  // What is computed here takes a multiplication more for each bit of the exponent.
  key.rsa = e <= PSS_EXPONENT_MAX ? RsaKey.of(decoder.arena, modulus, exponent) : null;
  key.allows = key.rsa ? RSA | PSS : RSA;
  key.spki = rsaPublicKey(decoder.arena, modulus, exponent);
}

/** 0 where it has more than eight bytes. */
function exponentOf(exponent: Slice): u64 {
  let value: u64 = 0;
  for (let i = 0; i < exponent.length && i < 8; i++) value = (value << 8) | exponent.byte(i);
  return exponent.length <= 8 ? value : 0;
}

function decodeEc(decoder: Decoder, object: Value, key: Key): void {
  const curve = decoder.required(object, 'crv');
  const name = decoder.text(curve);
  if (name.equals('P-256')) key.coordinate = 32;
  else if (name.equals('P-384')) key.coordinate = 48;
  else if (name.equals('P-521')) key.coordinate = 66;
  else if (curve)
    return decoder.fail(curve, 'is a curve that this filter does not know; it knows P-256, P-384 and P-521');
  const x = bytes(decoder, object, 'x');
  const y = bytes(decoder, object, 'y');
  if (x.length != key.coordinate || y.length != key.coordinate) {
    return decoder.fail(object, 'has coordinates of another length than its curve');
  }
  const algorithm = key.coordinate == 32 ? Algorithm.ES256 : key.coordinate == 48 ? Algorithm.ES384 : Algorithm.ES512;
  key.allows = 1 << algorithm;
  key.spki = ecPublicKey(decoder.arena, x, y);
}

/** RFC 8037 §2. */
function decodeOkp(decoder: Decoder, object: Value, key: Key): void {
  const curve = decoder.required(object, 'crv');
  if (curve && !decoder.text(curve).equals('Ed25519')) {
    return decoder.fail(curve, 'is a curve that this filter does not know for keys of kind OKP; it knows Ed25519');
  }
  const x = bytes(decoder, object, 'x');
  key.ed25519 = Ed25519Key.of(decoder.arena, x);
  key.allows = 1 << Algorithm.EDDSA;
  if (!key.ed25519) decoder.fail(object.member('x'), 'must be a point of the curve, 32 bytes, and of no small order');
}

function bytes(decoder: Decoder, object: Value, name: Slice): Slice {
  const value = decoder.required(object, name);
  const decoded = fromBase64Url(decoder.arena, decoder.text(value));
  if (value && (!decoded || !decoded.length)) decoder.fail(value, 'must be base64url, without padding');
  return decoded ? decoded : sliceOf(decoder.arena, 0, 0);
}
