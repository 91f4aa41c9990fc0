import { Unsigned } from './parse.js';
import { CelError, type CelValue, compare, equal, Time } from './values.js';

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;
const SECOND_NS = 1_000_000_000n;
const UNITS_NS: Record<string, number> = { h: 3.6e12, m: 6e10, s: 1e9, ms: 1e6, us: 1e3, ns: 1 };

function int(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw new CelError('out of range');
  return value;
}

function uint(value: bigint): Unsigned {
  if (value < 0n || value > UINT_MAX) throw new CelError('out of range');
  return new Unsigned(value);
}

const bigOperators: Record<string, (a: bigint, b: bigint) => bigint> = {
  '_+_': (a, b) => a + b,
  '_-_': (a, b) => a - b,
  '_*_': (a, b) => a * b,
  '_/_': (a, b) => a / divisor(b),
  '_%_': (a, b) => a % divisor(b),
};
const realOperators: Record<string, (a: number, b: number) => number> = {
  '_+_': (a, b) => a + b,
  '_-_': (a, b) => a - b,
  '_*_': (a, b) => a * b,
  '_/_': (a, b) => a / b,
};

function divisor(value: bigint): bigint {
  if (value === 0n) throw new CelError('divided by zero');
  return value;
}

/** Both sides are of one kind; there is no conversion. */
function arithmetic(name: string, a: CelValue, b: CelValue): CelValue {
  const big = bigOperators[name];
  const real = realOperators[name];
  if (typeof a === 'bigint' && typeof b === 'bigint' && big) return int(big(a, b));
  if (a instanceof Unsigned && b instanceof Unsigned && big) return uint(big(a.value, b.value));
  if (typeof a === 'number' && typeof b === 'number' && real) return real(a, b);
  if (a instanceof Time && b instanceof Time) return times(name, a, b);
  if (name !== '_+_') throw new CelError(`no ${name} for these`);
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.concat([a, b]);
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  throw new CelError('no + for these');
}

function times(name: string, a: Time, b: Time): Time {
  const stamps = Number(a.kind === 'timestamp') + Number(b.kind === 'timestamp');
  if (name === '_+_' && stamps < 2) return new Time(stamps === 1 ? 'timestamp' : 'duration', a.ns + b.ns);
  if (name === '_-_' && (a.kind === 'timestamp' || stamps === 0))
    return new Time(stamps === 1 ? 'timestamp' : 'duration', a.ns - b.ns);
  throw new CelError(`no ${name} for these`);
}

function parseDuration(text: string): Time {
  const parts = /^([+-]?)((?:\d+(?:\.\d+)?(?:h|ms|us|ns|m|s))+)$/.exec(text);
  if (!parts) throw new CelError('no duration');
  let ns = 0;
  for (const [, count, unit] of (parts[2] as string).matchAll(/([\d.]+)(h|ms|us|ns|m|s)/g))
    ns += Number(count) * (UNITS_NS[unit as string] as number);
  return new Time('duration', BigInt(Math.round(parts[1] === '-' ? -ns : ns)));
}

function parseTimestamp(text: string): Time {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new CelError('no timestamp');
  return new Time('timestamp', BigInt(ms) * 1_000_000n);
}

function matches(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 's').test(text);
  } catch {
    throw new CelError('no regular expression');
  }
}

function size(value: CelValue): bigint {
  // Envoy counts the code points of a text and the bytes of bytes.
  if (typeof value === 'string') return BigInt([...Buffer.from(value, 'latin1').toString('utf8')].length);
  if (value instanceof Uint8Array || Array.isArray(value)) return BigInt(value.length);
  if (value instanceof Map) return BigInt(value.size);
  throw new CelError('no size');
}

function text(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Unsigned) return String(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (value instanceof Time && value.kind === 'timestamp')
    return new Date(Number(value.ns / 1_000_000n)).toISOString().replace('.000Z', 'Z');
  if (value instanceof Time) return `${Number(value.ns) / Number(SECOND_NS)}s`;
  throw new CelError('no text');
}

function toInt(value: CelValue): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Unsigned) return int(value.value);
  if (typeof value === 'number' && Number.isFinite(value)) return int(BigInt(Math.trunc(value)));
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return int(BigInt(value));
  if (value instanceof Time && value.kind === 'timestamp') return value.ns / SECOND_NS;
  throw new CelError('no integer');
}

function toDouble(value: CelValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Unsigned) return Number(value.value);
  if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value);
  throw new CelError('no number');
}

function toBool(value: CelValue): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(1|t|true|TRUE|True)$/.test(value)) return true;
  if (typeof value === 'string' && /^(0|f|false|FALSE|False)$/.test(value)) return false;
  throw new CelError('neither true nor false');
}

function strings(values: CelValue[]): [string, string] {
  if (typeof values[0] !== 'string' || typeof values[1] !== 'string') throw new CelError('wants texts');
  return [values[0], values[1]];
}

/** What has no value that could be written: a type. */
const TYPE: CelValue = { field: () => undefined };

const FUNCTIONS: Record<string, (...args: CelValue[]) => CelValue> = {
  '_==_': (a, b) => equal(a as CelValue, b as CelValue),
  '_!=_': (a, b) => !equal(a as CelValue, b as CelValue),
  '_<_': (a, b) => compare(a as CelValue, b as CelValue) < 0,
  '_<=_': (a, b) => compare(a as CelValue, b as CelValue) <= 0,
  '_>_': (a, b) => compare(a as CelValue, b as CelValue) > 0,
  '_>=_': (a, b) => compare(a as CelValue, b as CelValue) >= 0,
  '!_': (value) => {
    if (typeof value !== 'boolean') throw new CelError('neither true nor false');
    return !value;
  },
  '-_': (value) => {
    if (typeof value === 'bigint') return int(-value);
    if (typeof value === 'number') return -value;
    throw new CelError('no number');
  },
  size: (value) => size(value as CelValue),
  startsWith: (...args) => strings(args)[0].startsWith(strings(args)[1]),
  endsWith: (...args) => strings(args)[0].endsWith(strings(args)[1]),
  contains: (...args) => strings(args)[0].includes(strings(args)[1]),
  matches: (...args) => matches(...strings(args)),
  string: (value) => text(value as CelValue),
  int: (value) => toInt(value as CelValue),
  uint: (value) => (value instanceof Unsigned ? value : uint(toInt(value as CelValue))),
  double: (value) => toDouble(value as CelValue),
  bool: (value) => toBool(value as CelValue),
  bytes: (value) => (value instanceof Uint8Array ? value : Buffer.from(strings([value as CelValue, ''])[0], 'latin1')),
  type: () => TYPE,
  dyn: (value) => value as CelValue,
  duration: (value) => (value instanceof Time ? value : parseDuration(strings([value as CelValue, ''])[0])),
  timestamp: (value) => (value instanceof Time ? value : parseTimestamp(strings([value as CelValue, ''])[0])),
};

export function call(name: string, args: CelValue[]): CelValue {
  const run = FUNCTIONS[name];
  return run ? run(...args) : arithmetic(name, args[0] as CelValue, args[1] as CelValue);
}
