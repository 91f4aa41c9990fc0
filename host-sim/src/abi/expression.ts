import { fromBytes } from '../bytes.js';
import { evaluate } from '../cel/evaluate.js';
import { type Expression, parse } from '../cel/parse.js';
import { CelSyntaxError } from '../cel/tokens.js';
import { CelError, type CelObject, type CelValue, serialize, Time } from '../cel/values.js';
import { SimulatorError } from '../errors.js';
import { type PropertyValue, rootProperty, walkProperty } from '../http/properties.js';
import type { Vm } from '../vm/vm.js';
import { Status } from './status.js';

const NOTHING = new Uint8Array(0);
const TYPE_NAMES = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type'];

/** The expressions of one VM, by the token that expr_create gave out. */
export class Expressions {
  readonly #byToken = new Map<number, Expression>();
  #tokenLast = 0;

  /** The new expression's token, four bytes; BadArgument where it is none. */
  create(text: string): Uint8Array | Status {
    try {
      const expression = parse(text);
      const token = this.#tokenLast++;
      this.#byToken.set(token, expression);
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(token);
      return bytes;
    } catch (cause) {
      if (cause instanceof CelSyntaxError) return Status.BadArgument;
      throw cause;
    }
  }

  /** Envoy: as proxy_get_property writes values; a fault is an InternalFailure. */
  evaluate(vm: Vm, argument: Uint8Array): Uint8Array | Status {
    const token = tokenOf(argument);
    if (token === undefined) return Status.BadArgument;
    const expression = this.#byToken.get(token);
    if (!expression) return Status.NotFound;
    const context = vm.current();
    try {
      const value = evaluate(expression, (name) => {
        const found = rootProperty(name, context);
        if (found !== undefined) return asCel(found, name, context.stream?.info.overrides);
        return TYPE_NAMES.includes(name) ? { field: () => undefined } : undefined;
      });
      return serialize(value) ?? Status.SerializationFailure;
    } catch (cause) {
      if (cause instanceof CelError) return Status.InternalFailure;
      throw cause;
    }
  }

  delete(argument: Uint8Array): Uint8Array | Status {
    const token = tokenOf(argument);
    if (token === undefined) return Status.BadArgument;
    this.#byToken.delete(token);
    return NOTHING;
  }
}

const tokenOf = (argument: Uint8Array): number | undefined =>
  argument.length === 4 ? Buffer.from(argument).readUInt32LE() : undefined;

function hangs(): never {
  throw new SimulatorError(
    'envoy_crash',
    'an expression whose value is xds.node as a whole: Envoy 1.40 never comes back from it',
  );
}

/** Attributes that are moments or lengths of time. */
const TIMES: Record<string, 'timestamp' | 'duration'> = {
  'request.time': 'timestamp',
  'request.duration': 'duration',
  'response.backend_latency': 'duration',
};

function asCel(value: PropertyValue, path: string, overrides?: ReadonlyMap<string, Uint8Array>): CelValue {
  const override = overrides?.get(path);
  // What a test says has no type of its own: it has that of what it stands for.
  if (override) {
    if (typeof value === 'number' || typeof value === 'bigint') return Buffer.from(override).readBigInt64LE();
    return typeof value === 'boolean' ? override[0] === 1 : fromBytes(override);
  }
  if (value instanceof Uint8Array)
    return path.includes('metadata') ? { field: () => undefined, whole: value } : fromBytes(value);
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'bigint') return TIMES[path] ? new Time(TIMES[path], value) : value;
  if (typeof value !== 'object') return value;
  const object: CelObject = {
    field: (name) => {
      const found = walkProperty(value, name);
      return found === undefined ? undefined : asCel(found, `${path}.${name}`, overrides);
    },
  };
  if (path === 'xds.node')
    return {
      ...object,
      get whole() {
        return hangs();
      },
    };
  if ('map' in value) object.whole = serialize(new Map(value.map as [string, string][]));
  else object.whole = value.whole;
  return object;
}

export const foreignExpressions = {
  create: (vm: Vm, argument: Uint8Array) => vm.expressions.create(fromBytes(argument)),
  evaluate: (vm: Vm, argument: Uint8Array) => vm.expressions.evaluate(vm, argument),
  delete: (vm: Vm, argument: Uint8Array) => vm.expressions.delete(argument),
};
