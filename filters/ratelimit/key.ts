import { Arena, List, Slice, Writer, property, request, sha256, sliceOf } from 'proxy-wasm';
import { Call } from '../call/call';
import { cookieValue } from '../call/cookie';
import { KeyKind, KeyPart } from './policy';

export const FINGERPRINT_BYTES: i32 = 16;
/** First byte of a fingerprint that is a digest; others begin with a length, which is below. */
const HASHED: u8 = 0xff;
/** Of all calls together. */
export const EMPTY_KEY: usize = memory.data(16, 8);
const DIGEST: usize = memory.data(32, 8);

/** The 16 bytes that stand for the caller of a limit: the key itself where it fits, so that small keys cannot collide. */
export function fingerprintOf(call: Call, parts: List<KeyPart> | null): usize {
  if (!parts) return EMPTY_KEY;
  const key = call.keyWriter;
  key.length = 0;
  for (let i = 0; i < parts.length; i++) writePart(key, call, parts.at(i));
  return fingerprint(request, key.at, key.length);
}

/**
 *   ┌────────┬──────────────────┐    ┌──────┬──────────────────────────────┐
 *   │ length │ key, then zeros  │ or │ 0xff │ first 15 bytes of its SHA-256 │
 *   └────────┴──────────────────┘    └──────┴──────────────────────────────┘
 */
export function fingerprint(arena: Arena, key: usize, length: i32): usize {
  const made = arena.zeroed(FINGERPRINT_BYTES);
  if (length < FINGERPRINT_BYTES) {
    store<u8>(made, length);
    memory.copy(made + 1, key, length);
  } else {
    sha256(key, length, DIGEST);
    store<u8>(made, HASHED);
    memory.copy(made + 1, DIGEST, FINGERPRINT_BYTES - 1);
  }
  return made;
}

/** Which chain a fingerprint belongs to. The seed is random, so that nobody can choose keys that all meet in one chain. */
export function chainOf(fingerprint: usize, seed: u32, chains: u32): u32 {
  if (chains == 1) return 0;
  let hash = load<u64>(fingerprint) ^ (<u64>seed * 0x9e3779b97f4a7c15);
  hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93;
  hash = (hash ^ (hash >> 29) ^ load<u64>(fingerprint, 8) ^ ((<u64>seed) << 32)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 32)) * 0xc4ceb9fe1a85ec53;
  return <u32>((hash >> 32) % chains);
}

/** Each part with its length in front, so that `ab`+`c` is not `a`+`bc`; length 0 is a value that is not there. */
function writePart(key: Writer, call: Call, part: KeyPart): void {
  if (part.kind == KeyKind.HEADER) return writeHeader(key, call, part.name);
  const value = valueOf(call, part);
  if (value) begin(key, value.length).text(value);
  else key.byte(0);
}

function valueOf(call: Call, part: KeyPart): Slice | null {
  switch (part.kind) {
    case KeyKind.SERVICE:
      return call.target!.service;
    case KeyKind.ROUTE:
      return property('xds\0route_name');
    case KeyKind.CONSUMER:
      return call.identity;
    case KeyKind.ADDRESS: {
      const address = call.address;
      if (!address) return null;
      // High and low word; IPv4 in the lower half of the low one.
      return sliceOf(request, changetype<usize>(address) + (address.v4 ? 8 : 0), address.v4 ? 4 : 16);
    }
    case KeyKind.PATH:
      return call.path;
    case KeyKind.METHOD:
      return call.method;
    case KeyKind.COOKIE:
      return cookieValue(request, call.headers, part.name);
    default: {
      const query = call.query;
      return query ? query.first(part.name) : null;
    }
  }
}

/** All values of a repeated header: a caller cannot choose which of them counts. */
function writeHeader(key: Writer, call: Call, name: Slice): void {
  const headers = call.headers;
  let at = headers.find(name);
  if (at < 0) {
    key.byte(0);
    return;
  }
  let length = -1;
  for (let i = at; i >= 0; i = headers.find(name, i + 1)) length += headers.value(i).length + 1;
  begin(key, length).text(headers.value(at));
  for (at = headers.find(name, at + 1); at >= 0; at = headers.find(name, at + 1))
    key.byte(0x2c).text(headers.value(at));
}

/** Length and one, seven bits a byte. */
function begin(key: Writer, length: i32): Writer {
  let rest = <u32>length + 1;
  for (; rest > 0x7f; rest >>= 7) key.byte(0x80 | (rest & 0x7f));
  return key.byte(rest);
}
