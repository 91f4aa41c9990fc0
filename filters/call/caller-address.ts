import { Address, Arena, Headers, Slice, parseEndpoint, property, request } from 'proxy-wasm';

/**
 * The peer of the connection, or behind `trustedHops` proxies the entry of x-forwarded-for that the outermost of them
 * wrote. Nothing else in the request is believed. Null for an entry that is no address.
 */
export function callerAddress(headers: Headers, trustedHops: i32): Address | null {
  if (trustedHops) {
    const entry = forwardedEntry(request, headers, trustedHops);
    if (entry) return parseEndpoint(request, entry);
  }
  const peer = property('source\0address');
  return peer ? parseEndpoint(request, peer) : null;
}

/**
 * Envoy: it appends its peer before the filters run, so the N-th entry from the right as the header *arrived* is the one
 * with N entries behind it. Null when there are not so many. A repeated header counts as one list.
 */
export function forwardedEntry(arena: Arena, headers: Headers, hops: i32): Slice | null {
  let behind = 0;
  for (let i = headers.count - 1; i >= 0; i--) {
    if (!headers.name(i).equals('x-forwarded-for')) continue;
    const list = headers.value(i);
    let end = list.length;
    for (let at = end - 1; at >= -1; at--) {
      if (at >= 0 && list.byte(at) != 0x2c) continue;
      if (behind++ == hops) return list.part(arena, at + 1, end).trimmed(arena);
      end = at;
    }
  }
  return null;
}
