import type { Vm } from '../vm/vm.js';
import type { ValueType } from '../wasm/binary.js';

/** A parameter is `name` (an i32: every pointer, size, enum) or `name:i64`. */
type ParameterSpec = string;

export interface HostFunction {
  name: string;
  parameterNames: string[];
  params: ValueType[];
  results: ValueType[];
  /** May run while the module initialises (`_initialize`, `_start`, the allocator); Envoy fails the VM on any other. */
  duringInitialize: boolean;
  /** Numbers arrive unsigned; i64 as bigint, signed. */
  run(vm: Vm, ...args: never[]): number;
}

interface Options {
  duringInitialize?: boolean;
}

/**
 * Declares one host function: its name, its parameters and what it does. All of them answer with a status (i32).
 *
 * @example hostFunction('proxy_log', ['level', 'message_data', 'message_size'], (vm, level, data, size) => …)
 */
export function hostFunction(
  name: string,
  parameters: ParameterSpec[],
  run: (vm: Vm, ...args: never[]) => number,
  options: Options = {},
): HostFunction {
  return {
    name,
    parameterNames: parameters.map((parameter) => parameter.split(':')[0] as string),
    params: parameters.map((parameter) => (parameter.endsWith(':i64') ? 'i64' : 'i32')),
    results: ['i32'],
    duringInitialize: options.duringInitialize ?? false,
    run,
  };
}

/** The same function without a result, for the few that have none. */
export const withoutResult = (declared: HostFunction): HostFunction => ({ ...declared, results: [] });
