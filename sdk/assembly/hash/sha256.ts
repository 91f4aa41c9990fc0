// SHA-256, FIPS 180-4. State and digest are eight words in host order until `finish` writes the digest.
import { copyBytes } from '../bytes/copy';
import { TAIL, padTail } from './tail';

const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);
const H: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);
/** The message schedule. */
const SCHEDULE: usize = memory.data(256, 16);
const STATE: usize = memory.data(32, 16);

/** The length of the digest in bytes. */
export const SHA256_BYTES: i32 = 32;
/** The length of a block in bytes. */
export const SHA256_BLOCK: i32 = 64;

/** Writes the initial state to the 32 bytes at `state`: eight words in host order. */
export function sha256Begin(state: usize): void {
  copyBytes(state, H, SHA256_BYTES);
}

/** Adds a block of 64 bytes. */
export function sha256Block(state: usize, block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(SCHEDULE + i, swapped(load<u32>(block + i)));
  for (let at = SCHEDULE + 64; at < SCHEDULE + 256; at += 4) {
    const w15 = load<u32>(at - 60);
    const w2 = load<u32>(at - 8);
    const s0 = rotr<u32>(w15, 7) ^ rotr<u32>(w15, 18) ^ (w15 >> 3);
    const s1 = rotr<u32>(w2, 17) ^ rotr<u32>(w2, 19) ^ (w2 >> 10);
    store<u32>(at, load<u32>(at - 64) + s0 + load<u32>(at - 28) + s1);
  }
  let a = load<u32>(state, 0);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  // Eight rounds a turn: so each word stays where it is, and what moves on is only its name.
  for (let i: usize = 0; i < 256; i += 32) {
    h += mixed(i, e, f, g);
    d += h;
    h += majority(a, b, c);
    g += mixed(i + 4, d, e, f);
    c += g;
    g += majority(h, a, b);
    f += mixed(i + 8, c, d, e);
    b += f;
    f += majority(g, h, a);
    e += mixed(i + 12, b, c, d);
    a += e;
    e += majority(f, g, h);
    d += mixed(i + 16, a, b, c);
    h += d;
    d += majority(e, f, g);
    c += mixed(i + 20, h, a, b);
    g += c;
    c += majority(d, e, f);
    b += mixed(i + 24, g, h, a);
    f += b;
    b += majority(c, d, e);
    a += mixed(i + 28, f, g, h);
    e += a;
    a += majority(b, c, d);
  }
  add(state, 0, a);
  add(state, 4, b);
  add(state, 8, c);
  add(state, 12, d);
  add(state, 16, e);
  add(state, 20, f);
  add(state, 24, g);
  add(state, 28, h);
}

/** Adds the rest of a message, of which `before` bytes (whole blocks) are in `state`, and writes its digest. */
export function sha256Finish(state: usize, data: usize, length: i32, before: u32, digest: usize): void {
  let at = data;
  let rest = length;
  for (; rest >= SHA256_BLOCK; rest -= SHA256_BLOCK, at += SHA256_BLOCK) sha256Block(state, at);
  const tail = padTail(at, rest, SHA256_BLOCK, bswap((<u64>before + <u64>(<u32>length)) << 3));
  for (let i = 0; i < tail; i += SHA256_BLOCK) sha256Block(state, TAIL + i);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(digest + i, swapped(load<u32>(state + i)));
}

/** Writes the SHA-256 of `length` bytes at `data`: 32 bytes at `digest`. */
export function sha256(data: usize, length: i32, digest: usize): void {
  sha256Begin(STATE);
  sha256Finish(STATE, data, length, 0, digest);
}

// @ts-ignore: decorator
@inline
function add(state: usize, offset: usize, value: u32): void {
  store<u32>(state + offset, load<u32>(state + offset) + value);
}

/** The part of a round that takes in word and constant: `Σ1(e) + Ch(e, f, g) + K + W`. */
// @ts-ignore: decorator
@inline
function mixed(i: usize, e: u32, f: u32, g: u32): u32 {
  const sum = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
  return sum + (g ^ (e & (f ^ g))) + load<u32>(K + i) + load<u32>(SCHEDULE + i);
}

/** `Σ0(a) + Maj(a, b, c)`. */
// @ts-ignore: decorator
@inline
function majority(a: u32, b: u32, c: u32): u32 {
  return (rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)) + ((a & b) | (c & (a | b)));
}

/** Big endian for little endian. */
// @ts-ignore: decorator
@inline
function swapped(word: u32): u32 {
  return (rotr<u32>(word, 8) & 0xff00ff00) | (rotl<u32>(word, 8) & 0x00ff00ff);
}
