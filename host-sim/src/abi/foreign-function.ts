import { notSimulated } from './table.js';

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#foreign-function-interface-ffi
export const foreignFunctions = [
  notSimulated('foreign functions', 'proxy_call_foreign_function', [
    'name_data',
    'name_size',
    'arguments_data',
    'arguments_size',
    'return_results_data',
    'return_results_size',
  ]),
];
