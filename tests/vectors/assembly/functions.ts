// The pure functions that the TypeScript tests call with the vectors of tests/vectors.
import {
  HmacKey,
  List,
  NetworkList,
  NetworkSet,
  Slice,
  canonicalPath,
  canonicalPrefix,
  canonicalSuffix,
  heapArena,
  make,
  md5,
  parseAddress,
  parseNetwork,
  sliceOf,
} from 'proxy-wasm';
import { hostName, isHostName } from '../../../filters/call/host';
import { Bucket, Rate } from '../../../filters/ratelimit/bucket';
import { isFresh, splitToken } from '../../../filters/token/parts';
import { tokenDigest, verifiesDigest } from '../../../filters/token/digest';
import { Secret } from '../../../filters/token/policy';

const arena = heapArena();
const DIGEST: usize = memory.data(32, 8);

/** Gives back what the calls before took. */
export function reset(): void {
  arena.reset(0, 0);
}

export function hmacSha256(key: ArrayBuffer, message: ArrayBuffer): ArrayBuffer {
  const keyBytes = sliceOfBuffer(key);
  const bytes = sliceOfBuffer(message);
  HmacKey.of(arena, keyBytes.at, keyBytes.length).digest(bytes.at, bytes.length, DIGEST);
  return bufferOf(sliceOf(arena, DIGEST, 32))!;
}

export function md5Digest(message: ArrayBuffer): ArrayBuffer {
  const bytes = sliceOfBuffer(message);
  md5(bytes.at, bytes.length, DIGEST);
  return bufferOf(sliceOf(arena, DIGEST, 16))!;
}

export function canonical(path: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(canonicalPath(arena, sliceOfBuffer(path)));
}

export function host(authority: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(hostName(arena, sliceOfBuffer(authority)));
}

export function hostIsName(text: ArrayBuffer): bool {
  return isHostName(arena, sliceOfBuffer(text));
}

export function prefix(path: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(canonicalPrefix(arena, sliceOfBuffer(path)));
}

export function suffix(path: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(canonicalSuffix(arena, sliceOfBuffer(path)));
}

/** 1 inside, 0 outside, -1 when the network and -2 when the address cannot be read. */
export function networkHas(network: ArrayBuffer, address: ArrayBuffer): i32 {
  const parsed = parseNetwork(arena, sliceOfBuffer(network));
  if (!parsed) return -1;
  const list = NetworkList.withRoom(arena, 1);
  list.add(parsed);
  const set = NetworkSet.of(arena, list);
  const probe = parseAddress(arena, sliceOfBuffer(address));
  return probe ? (set.has(probe) ? 1 : 0) : -2;
}

/** Secrets are joined by newlines. 0 verified, 1 malformed, 2 expired, 3 mismatch. */
export function verifyToken(
  token: ArrayBuffer,
  secrets: ArrayBuffer,
  seconds: bool,
  classic: bool,
  nowMs: f64,
  skewMs: f64,
): i32 {
  const parts = splitToken(arena, sliceOfBuffer(token), seconds, classic);
  if (!parts) return 1;
  if (!isFresh(parts.dateMs, seconds, <i64>skewMs, <i64>nowMs)) return 2;
  const list = secretsOf(sliceOfBuffer(secrets));
  return verifiesDigest(arena, parts.system, parts.date, parts.nonce, parts.digest, list, classic) ? 0 : 3;
}

export function signToken(system: ArrayBuffer, date: ArrayBuffer, secret: ArrayBuffer, classic: bool): ArrayBuffer {
  const list = secretsOf(sliceOfBuffer(secret));
  return bufferOf(tokenDigest(arena, sliceOfBuffer(system), sliceOfBuffer(date), null, list.at(0), classic))!;
}

/** Calls one bucket at each of the times (f64 ns); returns how many were admitted. */
export function admitted(requests: f64, perNs: f64, burst: f64, times: ArrayBuffer): i32 {
  const rate = make<Rate>(arena);
  rate.requests = <u64>requests;
  rate.perNs = <u64>perNs;
  rate.capacity = <u64>(requests + burst);
  const bucket = make<Bucket>(arena);
  let count = 0;
  for (let i = 0; i < times.byteLength; i += 8) {
    bucket.settle(rate, <u64>load<f64>(changetype<usize>(times) + i));
    if (bucket.deficit >= rate.capacity) continue;
    bucket.deficit++;
    count++;
  }
  return count;
}

function secretsOf(text: Slice): List<Secret> {
  let count = 1;
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) count++;
  const list = List.of<Secret>(arena, count);
  for (let i = 0, from = 0; i < count; i++) {
    const end = text.indexOf(10, from);
    const secret = make<Secret>(arena);
    secret.text = text.part(arena, from, end < 0 ? text.length : end);
    secret.hmac = HmacKey.of(arena, secret.text.at, secret.text.length);
    list.put(i, secret);
    from = end + 1;
  }
  return list;
}

function sliceOfBuffer(buffer: ArrayBuffer): Slice {
  return sliceOf(arena, changetype<usize>(buffer), buffer.byteLength).copiedTo(arena);
}

function bufferOf(slice: Slice | null): ArrayBuffer | null {
  if (!slice) return null;
  const buffer = new ArrayBuffer(slice.length);
  memory.copy(changetype<usize>(buffer), slice.at, slice.length);
  return buffer;
}
