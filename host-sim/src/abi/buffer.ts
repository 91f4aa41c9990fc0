import type { Vm } from '../vm/vm.js';
import { Status, StatusFault } from './status.js';
import { hostFunction } from './table.js';

const BUFFER = {
  requestBody: 0,
  responseBody: 1,
  httpCallBody: 4,
  vmConfiguration: 6,
  pluginConfiguration: 7,
  max: 8,
} as const;

/** What a buffer holds now; a status where Envoy has none to give. Bodies are not simulated yet: always empty. */
function bufferOf(vm: Vm, type: number): Uint8Array {
  if (type > BUFFER.max) throw new StatusFault(Status.BadArgument);
  const context = vm.current();
  if (type === BUFFER.vmConfiguration) return context.plugin.vmConfiguration;
  if (type === BUFFER.pluginConfiguration) {
    if (!vm.configuring) throw new StatusFault(Status.NotFound);
    return context.plugin.configuration;
  }
  if (type === BUFFER.httpCallBody) throw new StatusFault(Status.NotFound);
  return new Uint8Array(0);
}

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#buffers
export const bufferFunctions = [
  hostFunction(
    'proxy_get_buffer_bytes',
    ['buffer_type', 'offset', 'max_size', 'return_value_data', 'return_value_size'],
    (vm, type: number, start: number, length: number, data: number, size: number) => {
      const bytes = bufferOf(vm, type);
      return vm.giveBytes(bytes.subarray(start, start + length), data, size);
    },
  ),

  hostFunction(
    'proxy_set_buffer_bytes',
    ['buffer_type', 'offset', 'size', 'value_data', 'value_size'],
    (vm, type: number, _start: number, _length: number, value: number, valueSize: number) => {
      vm.memory.read(value, valueSize);
      bufferOf(vm, type);
      // Envoy: configurations are read-only, bodies are absent outside their callbacks; both are BadArgument.
      return Status.BadArgument;
    },
  ),

  hostFunction(
    'proxy_get_buffer_status',
    ['buffer_type', 'return_size', 'return_flags'],
    (vm, type: number, size: number, flags: number) => {
      vm.memory.writeU32(size, bufferOf(vm, type).length);
      vm.memory.writeU32(flags, 0);
      return Status.Ok;
    },
  ),
];
