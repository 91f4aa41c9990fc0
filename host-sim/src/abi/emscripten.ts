import { hostFunction, withoutResult } from './table.js';

const always = { duringInitialize: true };

/** The two functions outside the ABI that Envoy gives to modules built with Emscripten. */
export const emscriptenFunctions = [
  withoutResult(hostFunction('emscripten_notify_memory_growth', ['memory_index'], () => 0, always)),
  hostFunction(
    'pthread_equal',
    ['left', 'right'],
    (_vm, left: number, right: number) => (left === right ? 1 : 0),
    always,
  ),
];
