import { readProperty } from '../http/properties.js';
import { Status } from './status.js';
import { hostFunction } from './table.js';

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#properties
export const propertyFunctions = [
  hostFunction(
    'proxy_get_property',
    ['path_data', 'path_size', 'return_value_data', 'return_value_size'],
    (vm, path: number, size: number, data: number, dataSize: number) => {
      const found = readProperty(vm.memory.readText(path, size), vm.current());
      if (typeof found === 'number') return found;
      return vm.giveBytes(found, data, dataSize);
    },
  ),

  hostFunction(
    'proxy_set_property',
    ['path_data', 'path_size', 'value_data', 'value_size'],
    (vm, path: number, size: number, value: number, valueSize: number) => {
      const name = vm.memory.readText(path, size);
      const bytes = vm.memory.read(value, valueSize).slice();
      const stream = vm.current().stream;
      if (!stream) return Status.NotFound;
      // Envoy: stored under the whole path, looked up by its first segment: `a\0b` can be written and never be read.
      stream.info.filterState.set(name, bytes);
      return Status.Ok;
    },
  ),
];
