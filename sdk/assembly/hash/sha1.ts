// SHA-1, FIPS 180-4: collisions of it can be made, so only for what others have fixed (HMAC-SHA-1, WebSocket keys, Git).
import { TAIL, padTail } from './tail';

/** The message schedule. */
const SCHEDULE: usize = memory.data(320, 16);
const STATE: usize = memory.data(20, 16);

/** The length of the digest in bytes. */
export const SHA1_BYTES: i32 = 20;
/** The length of a block in bytes. */
export const SHA1_BLOCK: i32 = 64;

/** Writes the initial state to the 20 bytes at `state`: five words in host order. */
export function sha1Begin(state: usize): void {
  store<u32>(state, 0x67452301, 0);
  store<u32>(state, 0xefcdab89, 4);
  store<u32>(state, 0x98badcfe, 8);
  store<u32>(state, 0x10325476, 12);
  store<u32>(state, 0xc3d2e1f0, 16);
}

/** Adds a block of 64 bytes. */
export function sha1Block(state: usize, block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(SCHEDULE + i, bswap(load<u32>(block + i)));
  for (let i: usize = 64; i < 320; i += 4) {
    const at = SCHEDULE + i;
    store<u32>(at, rotl<u32>(load<u32>(at - 12) ^ load<u32>(at - 32) ^ load<u32>(at - 56) ^ load<u32>(at - 64), 1));
  }
  let a = load<u32>(state, 0);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  for (let i: u32 = 0; i < 80; i++) {
    let mixed: u32;
    if (i < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
    else if (i < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
    else if (i < 60) mixed = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else mixed = (b ^ c ^ d) + 0xca62c1d6;
    const sum = rotl<u32>(a, 5) + mixed + e + load<u32>(SCHEDULE + (i << 2));
    e = d;
    d = c;
    c = rotl<u32>(b, 30);
    b = a;
    a = sum;
  }
  store<u32>(state, load<u32>(state, 0) + a, 0);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
}

/**
 * Adds the rest of a message, of which `before` bytes (whole blocks) are in `state`, and writes its digest of 20 bytes.
 */
export function sha1Finish(state: usize, data: usize, length: i32, before: u32, digest: usize): void {
  let at = data;
  let rest = length;
  for (; rest >= SHA1_BLOCK; rest -= SHA1_BLOCK, at += SHA1_BLOCK) sha1Block(state, at);
  const tail = padTail(at, rest, SHA1_BLOCK, bswap((<u64>before + <u64>(<u32>length)) << 3));
  for (let i = 0; i < tail; i += SHA1_BLOCK) sha1Block(state, TAIL + i);
  for (let i: usize = 0; i < 20; i += 4) store<u32>(digest + i, bswap(load<u32>(state + i)));
}

/** Writes the SHA-1 of `length` bytes at `data`: 20 bytes at `digest`. */
export function sha1(data: usize, length: i32, digest: usize): void {
  sha1Begin(STATE);
  sha1Finish(STATE, data, length, 0, digest);
}
