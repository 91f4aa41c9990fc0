import { fromBytes } from '../bytes.js';
import { SimulatorError } from '../errors.js';
import { Status } from './status.js';
import { hostFunction } from './table.js';
import { verifySignature } from './verify-signature.js';

/** A function by name: what it answers, or undefined where it refuses its argument. */
const FUNCTIONS: Readonly<Record<string, (argument: Uint8Array) => Uint8Array | undefined>> = {
  verify_signature: verifySignature,
};

/** Envoy 1.40 has these too. A filter that calls one would not learn here what it does there. */
const NOT_SIMULATED = [
  ...['sign', 'compress', 'uncompress', 'clear_route_cache', 'declare_property', 'set_envoy_filter_state'],
  ...['expr_create', 'expr_evaluate', 'expr_delete'],
];

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#foreign-function-interface-ffi
export const foreignFunctions = [
  hostFunction(
    'proxy_call_foreign_function',
    ['name_data', 'name_size', 'arguments_data', 'arguments_size', 'return_results_data', 'return_results_size'],
    (vm, name: number, nameSize: number, argument: number, size: number, data: number, dataSize: number) => {
      const called = fromBytes(vm.memory.read(name, nameSize));
      if (NOT_SIMULATED.includes(called))
        throw new SimulatorError('not_simulated', `the foreign function ${called} is not simulated yet`);
      const run = Object.hasOwn(FUNCTIONS, called) ? FUNCTIONS[called] : undefined;
      if (!run) return Status.NotFound;
      const answer = run(vm.memory.read(argument, size).slice());
      return answer ? vm.giveBytes(answer, data, dataSize) : Status.BadArgument;
    },
  ),
];
