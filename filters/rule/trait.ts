import { Slice } from 'proxy-wasm';
import { Comparison } from './condition';
import { Match } from './match';

/** Conditions by which a match can be found from a call, each a table lookup. */
export namespace Trait {
  export const PATH: u32 = 1;
  export const PATH_PREFIX: u32 = 2;
  export const HOST: u32 = 3;
  export const HOST_SUFFIX: u32 = 4;
  export const CONSUMER: u32 = 5;
  export const HEADER: u32 = 6;
  export const END: u32 = 7;
}

const FNV_PRIME: u64 = 0x100000001b3;
const FNV_OFFSET: u64 = 0xcbf29ce484222325;

/** FNV-1a, 64 bits: it can be continued, so one pass over a path gives the digest of each of its prefixes. */
export function digest(hash: u64, at: usize, length: i32): u64 {
  for (let i = 0; i < length; i++) hash = (hash ^ load<u8>(at + i)) * FNV_PRIME;
  return hash;
}

/** The same from the last byte to the first, for the suffixes of a host. */
export function digestBack(hash: u64, at: usize, length: i32): u64 {
  while (length) hash = (hash ^ load<u8>(at + --length)) * FNV_PRIME;
  return hash;
}

export function digestOf(trait: u32): u64 {
  return (FNV_OFFSET ^ trait) * FNV_PRIME;
}

/** How many table entries the match needs under this trait; 0 where it has no such condition, or not one of the kind. */
export function entriesOf(match: Match, trait: u32): i32 {
  const path = match.path;
  if (trait == Trait.PATH) return path && path.comparison == Comparison.EXACT ? 1 : 0;
  if (trait == Trait.PATH_PREFIX) return path && path.comparison == Comparison.PREFIX ? 1 : 0;
  const consumers = match.consumers;
  if (trait == Trait.CONSUMER) return consumers ? consumers.length : 0;
  if (trait == Trait.HEADER) return exactHeader(match) < 0 ? 0 : 1;
  const hosts = match.hosts;
  if (!hosts) return 0;
  // All of the names must be of one kind, or some would not be found.
  for (let i = 0; i < hosts.length; i++) if (isWild(hosts.at(i)) != (trait == Trait.HOST_SUFFIX)) return 0;
  return hosts.length;
}

/** The digest of one of these entries. */
export function entryDigest(match: Match, trait: u32, index: i32): u64 {
  const seed = digestOf(trait);
  if (trait == Trait.CONSUMER) return digestText(seed, match.consumers!.at(index));
  if (trait == Trait.HOST) return digestText(seed, match.hosts!.at(index));
  if (trait == Trait.HOST_SUFFIX) {
    const host = match.hosts!.at(index);
    return digestBack(seed, host.at + 1, host.length - 1);
  }
  if (trait == Trait.HEADER) {
    const header = match.headers!.at(exactHeader(match));
    return digestText(digestText(seed, header.name!), header.text);
  }
  return digestText(seed, match.path!.text);
}

export function digestText(hash: u64, text: Slice): u64 {
  return digest(hash, text.at, text.length);
}

/** The first header of the match that must have one value; -1 without one. */
export function exactHeader(match: Match): i32 {
  const headers = match.headers;
  for (let i = 0; headers && i < headers.length; i++) {
    if (headers.at(i).comparison == Comparison.EXACT) return i;
  }
  return -1;
}

export function isWild(host: Slice): bool {
  return host.byte(0) == 0x2a;
}
