import { bufferFunctions } from './buffer.js';
import { contextFunctions } from './context.js';
import { emscriptenFunctions } from './emscripten.js';
import { foreignFunctions } from './foreign-function.js';
import { grpcFunctions } from './grpc.js';
import { headerFunctions } from './headers.js';
import { httpCallFunctions } from './http-call.js';
import { logFunctions } from './log.js';
import { metricFunctions } from './metric.js';
import { propertyFunctions } from './property.js';
import { queueFunctions } from './queue.js';
import { sharedDataFunctions } from './shared-data.js';
import { streamFunctions } from './stream.js';
import type { HostFunction } from './table.js';
import { timeFunctions } from './time.js';
import { wasiFunctions } from './wasi.js';

const byName = (functions: HostFunction[]): Map<string, HostFunction> => new Map(functions.map((f) => [f.name, f]));
const wasi = byName(wasiFunctions);

/** Everything that Envoy 1.40 gives to a module of ABI 0.2.1, by import module and name. */
export const HOST_FUNCTIONS: ReadonlyMap<string, ReadonlyMap<string, HostFunction>> = new Map([
  [
    'env',
    byName([
      ...logFunctions,
      ...timeFunctions,
      ...propertyFunctions,
      ...streamFunctions,
      ...headerFunctions,
      ...bufferFunctions,
      ...httpCallFunctions,
      ...grpcFunctions,
      ...sharedDataFunctions,
      ...queueFunctions,
      ...metricFunctions,
      ...contextFunctions,
      ...foreignFunctions,
      ...emscriptenFunctions,
    ]),
  ],
  ['wasi_snapshot_preview1', wasi],
  ['wasi_unstable', wasi],
]);
