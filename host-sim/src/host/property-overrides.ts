import { u64 } from '../bytes.js';

/** A property as a test writes it. Numbers become 8 bytes, booleans one, as on the wire. */
export type PropertyValue = string | number | bigint | boolean | Uint8Array;

function encode(value: PropertyValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value);
  return typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : u64(value);
}

export const encodeProperties = (values: Record<string, PropertyValue>): ReadonlyMap<string, Uint8Array> =>
  new Map(Object.entries(values).map(([path, value]) => [path, encode(value)]));
