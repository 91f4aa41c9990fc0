import { fromBytes, toBytes, u64 } from '../bytes.js';
import type { HeaderEntry } from '../http/header-map.js';
import { encodePairs } from '../http/pairs.js';
import { Unsigned } from './parse.js';

/** What goes wrong while an expression is evaluated: the answer is InternalFailure. */
export class CelError extends Error {}

/** A moment or a length of time, in nanoseconds. */
export class Time {
  constructor(
    readonly kind: 'timestamp' | 'duration',
    readonly ns: bigint,
  ) {}
}

/** Something with fields that Envoy knows. */
export interface CelObject {
  field(name: string): CelValue | undefined;
  /** As bytes, where it has such a form. */
  whole?: Uint8Array;
}

export type CelValue =
  | bigint
  | Unsigned
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | Time
  | CelValue[]
  | Map<CelValue, CelValue>
  | CelObject;

const isNumber = (value: CelValue): value is bigint | number | Unsigned =>
  typeof value === 'bigint' || typeof value === 'number' || value instanceof Unsigned;
const plain = (value: bigint | number | Unsigned): bigint | number => (value instanceof Unsigned ? value.value : value);

/** Values of different kinds differ, but for numbers. */
export function equal(a: CelValue, b: CelValue): boolean {
  if (isNumber(a) && isNumber(b)) return compare(a, b) === 0;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (a instanceof Time && b instanceof Time) return a.kind === b.kind && a.ns === b.ns;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => equal(item, b[index] as CelValue));
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => has(b, key) && equal(value, lookUp(b, key) as CelValue));
  return a === b;
}

/** Below zero, zero, above zero. */
export function compare(a: CelValue, b: CelValue): number {
  const order = (x: bigint | number | string | boolean, y: typeof x) => (x < y ? -1 : x > y ? 1 : 0);
  if (isNumber(a) && isNumber(b)) return order(plain(a), plain(b));
  if (typeof a === 'string' && typeof b === 'string') return order(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return order(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a instanceof Time && b instanceof Time && a.kind === b.kind) return order(a.ns, b.ns);
  throw new CelError('values of different kinds have no order');
}

export const has = (map: Map<CelValue, CelValue>, key: CelValue): boolean =>
  [...map.keys()].some((one) => equal(one, key));
export const lookUp = (map: Map<CelValue, CelValue>, key: CelValue): CelValue | undefined =>
  [...map].find(([one]) => equal(one, key))?.[1];

/** As proxy_get_property has it; undefined: Envoy cannot write it (SerializationFailure). */
export function serialize(value: CelValue): Uint8Array | undefined {
  if (typeof value === 'bigint') return u64(value);
  if (value instanceof Unsigned) return u64(value.value);
  if (value instanceof Time) return u64(value.ns);
  if (typeof value === 'string') return toBytes(value);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0);
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    return bytes;
  }
  if (value === null) return undefined;
  // Envoy: a list is a map of its items to nothing.
  if (Array.isArray(value)) return pairs(value.map((item) => [item, '']));
  if (value instanceof Map) return pairs([...value]);
  return value.whole;
}

function pairs(entries: [CelValue, CelValue][]): Uint8Array | undefined {
  const written = entries.map(([key, value]) => [serialize(key), serialize(value)] as const);
  const whole = written.flatMap(([key, value]): HeaderEntry[] =>
    key && value ? [[fromBytes(key), fromBytes(value)]] : [],
  );
  return whole.length === entries.length ? encodePairs(whole) : undefined;
}
