import { deflateSync, inflateSync } from 'node:zlib';
import { fromBytes } from '../bytes.js';
import { SimulatorError } from '../errors.js';
import type { Vm } from '../vm/vm.js';
import { foreignExpressions } from './expression.js';
import { readFields } from './protobuf.js';
import { sign } from './sign.js';
import { Status } from './status.js';
import { hostFunction } from './table.js';
import { verifySignature } from './verify-signature.js';

/** What it answers with is bytes, or the status of a refusal. */
export type ForeignFunction = (vm: Vm, argument: Uint8Array) => Uint8Array | Status;

const NOTHING = new Uint8Array(0);

function inflate(bytes: Uint8Array): Uint8Array | Status {
  try {
    return inflateSync(bytes);
  } catch {
    return Status.SerializationFailure;
  }
}

/** `{name = 1, readonly = 2, type = 3, schema = 4, span = 5}`. Measured: none of the last four changes what can be read. */
function declareProperty(vm: Vm, argument: Uint8Array): Uint8Array | Status {
  const fields = readFields(argument);
  if (!fields) return Status.BadArgument;
  const name = fields.get(1);
  const text = name instanceof Uint8Array ? fromBytes(name) : '';
  // Envoy: a name can be declared once in the life of a root context.
  if (vm.declaredProperties.has(text)) return Status.BadArgument;
  vm.declaredProperties.add(text);
  return NOTHING;
}

/** Names of Envoy's own that can be set and read back as they are; the others have forms of their own. */
const TEXT_STATES = ['envoy.tcp_proxy.cluster'];

/** `{path = 1, value = 2, span = 3}`. Envoy: only names that one of its own extensions knows can be set. */
function setFilterState(vm: Vm, argument: Uint8Array): Uint8Array | Status {
  const fields = readFields(argument);
  if (!fields) return Status.BadArgument;
  const path = fields.get(1);
  const value = fields.get(2);
  const name = path instanceof Uint8Array ? fromBytes(path) : '';
  if (TEXT_STATES.includes(name)) {
    vm.current().stream?.info.objects.set(name, value instanceof Uint8Array ? value.slice() : NOTHING);
    return NOTHING;
  }
  if (name.startsWith('envoy.')) throw new SimulatorError('not_simulated', `set_envoy_filter_state of ${name}`);
  return Status.NotFound;
}

/** What Envoy 1.40 has under this name; whatever else a filter asks for is NotFound. */
export const FOREIGN_FUNCTIONS: ReadonlyMap<string, ForeignFunction> = new Map<string, ForeignFunction>([
  ['compress', (_vm, bytes) => deflateSync(bytes)],
  ['uncompress', (_vm, bytes) => inflate(bytes)],
  [
    'clear_route_cache',
    (vm) => {
      vm.current().stream?.clearRouteCache();
      return NOTHING;
    },
  ],
  ['declare_property', declareProperty],
  ['set_envoy_filter_state', setFilterState],
  ['verify_signature', (_vm, bytes) => verifySignature(bytes) ?? Status.BadArgument],
  ['sign', (_vm, bytes) => sign(bytes) ?? Status.BadArgument],
  ['expr_create', foreignExpressions.create],
  ['expr_evaluate', foreignExpressions.evaluate],
  ['expr_delete', foreignExpressions.delete],
]);

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#foreign-function-interface-ffi
export const foreignFunctions = [
  hostFunction(
    'proxy_call_foreign_function',
    ['name_data', 'name_size', 'arguments_data', 'arguments_size', 'return_results_data', 'return_results_size'],
    (vm, name: number, nameSize: number, data: number, size: number, out: number, outSize: number) => {
      const run = FOREIGN_FUNCTIONS.get(vm.memory.readText(name, nameSize));
      const argument = vm.memory.read(data, size).slice();
      if (!run) return Status.NotFound;
      const result = run(vm, argument);
      // Envoy: a function that refuses has an empty result too; an expression's empty value is memory of no size.
      const status = vm.giveBytes(
        typeof result === 'number' ? NOTHING : result,
        out,
        outSize,
        run === foreignExpressions.evaluate && typeof result !== 'number',
      );
      return typeof result === 'number' ? result : status;
    },
  ),
];
