// The few structures of X.690 DER in which Envoy takes public keys and ECDSA signatures.
import { Arena } from '../memory/arena';
import { Slice } from '../bytes/slice';
import { Writer } from '../bytes/writer';

const INTEGER: u32 = 0x02;
const BIT_STRING: u32 = 0x03;
const SEQUENCE: u32 = 0x30;

/** `AlgorithmIdentifier` of rsaEncryption (RFC 3279 §2.3.1): its OID and NULL. */
const RSA: usize = memory.data<u8>([
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
]);
/** OID of ecPublicKey, and those of the curves (RFC 5480 §2.1.1). */
const EC: usize = memory.data<u8>([0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]);
const P256: usize = memory.data<u8>([0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]);
const P384: usize = memory.data<u8>([0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]);
const P521: usize = memory.data<u8>([0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]);

/** The SubjectPublicKeyInfo of an RSA key. Both numbers are big-endian. */
export function rsaPublicKey(arena: Arena, modulus: Slice, exponent: Slice): Slice {
  const numbers = Writer.in(arena, modulus.length + exponent.length + 16);
  integer(numbers, modulus.at, modulus.length);
  integer(numbers, exponent.at, exponent.length);
  const key = wrap(arena, SEQUENCE, numbers);
  return wrap(arena, SEQUENCE, bitString(Writer.in(arena, key.length + 32).bytes(RSA, 15), key)).done();
}

/** The SubjectPublicKeyInfo of an EC key. Both coordinates have the length of the curve: 32, 48 or 66 bytes. */
export function ecPublicKey(arena: Arena, x: Slice, y: Slice): Slice {
  const curve = x.length == 32 ? P256 : x.length == 48 ? P384 : P521;
  const names = Writer.in(arena, 32)
    .bytes(EC, 9)
    .bytes(curve, x.length == 32 ? 10 : 7);
  const algorithm = wrap(arena, SEQUENCE, names);
  // 4: the point is written in full.
  const point = Writer.in(arena, 160).byte(4).text(x).text(y);
  const info = Writer.in(arena, 256).bytes(algorithm.at, algorithm.length);
  return wrap(arena, SEQUENCE, bitString(info, point)).done();
}

/** The DER form of an ECDSA signature in JWS's form (r and s, each half of it). */
export function ecdsaSignature(arena: Arena, halves: Slice): Slice {
  const size = halves.length >> 1;
  const numbers = Writer.in(arena, halves.length + 16);
  integer(numbers, halves.at, size);
  integer(numbers, halves.at + size, size);
  return wrap(arena, SEQUENCE, numbers).done();
}

/** Without leading zeros, but with one where the first bit would make it negative. */
function integer(writer: Writer, at: usize, length: i32): void {
  while (length > 1 && !load<u8>(at)) {
    at++;
    length--;
  }
  const pad = length > 0 && load<u8>(at) >= 0x80 ? 1 : 0;
  head(writer, INTEGER, length + pad);
  if (pad) writer.byte(0);
  writer.bytes(at, length);
}

function bitString(writer: Writer, content: Writer): Writer {
  head(writer, BIT_STRING, content.length + 1);
  return writer.byte(0).bytes(content.at, content.length);
}

function wrap(arena: Arena, tag: u32, content: Writer): Writer {
  const writer = Writer.in(arena, content.length + 8);
  head(writer, tag, content.length);
  return writer.bytes(content.at, content.length);
}

function head(writer: Writer, tag: u32, length: i32): void {
  writer.byte(tag);
  if (length >= 0x100) writer.byte(0x82).byte(length >> 8);
  else if (length >= 0x80) writer.byte(0x81);
  writer.byte(length & 0xff);
}
