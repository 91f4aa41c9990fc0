import { fromBytes } from '../bytes.js';
import { PAIRS_BYTES_MAX, PAIRS_COUNT_MAX } from '../limits.js';
import type { HeaderEntry } from './header-map.js';

/**
 * | count: u32 | name size: u32 | value size: u32 | … | name | 0 | value | 0 | … |   little endian
 * https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#serialized-map
 */
export function encodePairs(entries: readonly HeaderEntry[]): Uint8Array {
  const sizes = 4 + entries.length * 8;
  // One write for all of the text: a write has its price, whatever its length.
  const text = entries.length === 0 ? '' : `${entries.map(([name, value]) => `${name}\0${value}`).join('\0')}\0`;
  const bytes = Buffer.alloc(sizes + text.length);
  bytes.writeUInt32LE(entries.length, 0);
  let at = 4;
  for (const [name, value] of entries) {
    bytes.writeUInt32LE(name.length, at);
    bytes.writeUInt32LE(value.length, at + 4);
    at += 8;
  }
  bytes.write(text, sizes, 'latin1');
  return bytes;
}

/** Envoy: anything malformed or beyond the limits is an empty list, never an error. */
export function decodePairs(bytes: Uint8Array): HeaderEntry[] {
  if (bytes.length < 4 || bytes.length > PAIRS_BYTES_MAX) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count > PAIRS_COUNT_MAX || 4 + count * 8 > bytes.length) return [];
  const entries: HeaderEntry[] = [];
  let at = 4 + count * 8;
  for (let index = 0; index < count; index++) {
    const nameSize = view.getUint32(4 + index * 8, true);
    const valueSize = view.getUint32(8 + index * 8, true);
    const valueAt = at + nameSize + 1;
    const end = valueAt + valueSize + 1;
    if (end > bytes.length || bytes[valueAt - 1] !== 0 || bytes[end - 1] !== 0) return [];
    entries.push([fromBytes(bytes.subarray(at, at + nameSize)), fromBytes(bytes.subarray(valueAt, end - 1))]);
    at = end;
  }
  return at === bytes.length ? entries : [];
}
