import { Status } from './status.js';
import { hostFunction } from './table.js';

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#shared-key-value-store
export const sharedDataFunctions = [
  hostFunction(
    'proxy_get_shared_data',
    ['key_data', 'key_size', 'return_value_data', 'return_value_size', 'return_cas'],
    (vm, key: number, keySize: number, data: number, size: number, cas: number) => {
      const found = vm.host.sharedData.get(vm.vmId, vm.memory.readText(key, keySize));
      if (!found) return Status.NotFound;
      const status = vm.giveBytes(found.value, data, size);
      if (status !== Status.Ok) return status;
      vm.memory.writeU32(cas, found.cas);
      return Status.Ok;
    },
  ),

  hostFunction(
    'proxy_set_shared_data',
    ['key_data', 'key_size', 'value_data', 'value_size', 'cas'],
    (vm, key: number, keySize: number, value: number, valueSize: number, cas: number) =>
      vm.host.sharedData.set(vm.vmId, vm.memory.readText(key, keySize), vm.memory.read(value, valueSize).slice(), cas)
        ? Status.Ok
        : Status.CasMismatch,
  ),
];
