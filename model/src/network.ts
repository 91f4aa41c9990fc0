import { isIPv4, isIPv6 } from 'node:net';

/** A network of one family. `bytes` are its first address, 4 or 16, with no bit set behind the prefix. */
export interface Network {
  bytes: Uint8Array;
  prefix: number;
}

/**
 * `10.0.0.0/8`, `2001:db8::/32`, or a bare address for itself alone; undefined when it is none of these. As in the filters:
 * bits behind the prefix are ignored, an IPv4-mapped address is the IPv4 address, and a network that holds both the mapped
 * and other addresses is none. Without a zone id, which has a meaning on one machine only.
 */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const bytes = parseAddress(bare);
  if (!bytes) return undefined;
  const mapped = bytes.length === 4 && bare.includes(':');
  const bits = mapped ? 128 : bytes.length * 8;
  const written = slash < 0 ? bits : parsePrefix(text.slice(slash + 1), bits);
  const prefix = mapped ? written - 96 : written;
  if (!(prefix >= 0)) return undefined;
  return { bytes: withoutRest(bytes, prefix), prefix };
}

/** Whether one network holds all addresses of another. */
export function networkHolds(wide: string, narrow: string): boolean {
  const [outer, inner] = [parseNetwork(wide), parseNetwork(narrow)];
  if (!outer || !inner || outer.bytes.length !== inner.bytes.length || outer.prefix > inner.prefix) return false;
  return Buffer.from(withoutRest(inner.bytes.slice(), outer.prefix)).equals(outer.bytes);
}

/** A network that was written with bits behind its prefix, as it counts; undefined where it was written so. */
export function withoutHostBits(text: string): string | undefined {
  const network = parseNetwork(text);
  const address = parseAddress(text.replace(/\/.*/, ''));
  if (!network || !address || Buffer.from(address).equals(network.bytes)) return undefined;
  return `${formatAddress(network.bytes)}/${network.prefix}`;
}

function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
  );
  // With the longest run of zeros left out (RFC 5952), as URLs have it.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function parseAddress(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const bytes = parseGroups(text);
  const mapped = bytes.subarray(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 255));
  return mapped ? bytes.slice(12) : bytes;
}

function parseGroups(text: string): Uint8Array {
  const [head = '', tail] = text.split('::');
  const front = bytesOf(head);
  const back = tail === undefined ? [] : bytesOf(tail);
  const bytes = new Uint8Array(16);
  bytes.set(front);
  bytes.set(back, 16 - back.length);
  return bytes;
}

function bytesOf(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

function parsePrefix(text: string, most: number): number {
  const prefix = /^(0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Number.NaN;
  return prefix <= most ? prefix : Number.NaN;
}

function withoutRest(bytes: Uint8Array, prefix: number): Uint8Array {
  for (let index = prefix >> 3, kept = prefix & 7; index < bytes.length; index++, kept = 0)
    bytes[index] = (bytes[index] ?? 0) & (0xff00 >> kept);
  return bytes;
}
