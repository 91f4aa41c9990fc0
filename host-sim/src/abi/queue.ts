import { Status } from './status.js';
import { hostFunction } from './table.js';

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#shared-queues
export const queueFunctions = [
  hostFunction(
    'proxy_register_shared_queue',
    ['name_data', 'name_size', 'return_queue_id'],
    (vm, name: number, size: number, out: number) => {
      const text = vm.memory.readText(name, size);
      vm.memory.writeU32(out, vm.host.sharedQueues.register(vm.vmId, text, vm, vm.rootOf(vm.current())));
      return Status.Ok;
    },
  ),

  hostFunction(
    'proxy_resolve_shared_queue',
    ['vm_id_data', 'vm_id_size', 'name_data', 'name_size', 'return_queue_id'],
    (vm, vmId: number, vmIdSize: number, name: number, size: number, out: number) => {
      // Envoy: an empty vm_id is the caller's own.
      const space = vm.memory.readText(vmId, vmIdSize) || vm.vmId;
      const token = vm.host.sharedQueues.resolve(space, vm.memory.readText(name, size));
      if (token === undefined) return Status.NotFound;
      vm.memory.writeU32(out, token);
      return Status.Ok;
    },
  ),

  hostFunction(
    'proxy_enqueue_shared_queue',
    ['queue_id', 'value_data', 'value_size'],
    (vm, token: number, value: number, size: number) =>
      vm.host.faults.queuesFull
        ? Status.InternalFailure
        : vm.host.sharedQueues.enqueue(token, vm.memory.read(value, size).slice())
          ? Status.Ok
          : Status.NotFound,
  ),

  hostFunction(
    'proxy_dequeue_shared_queue',
    ['queue_id', 'return_value_data', 'return_value_size'],
    (vm, token: number, data: number, size: number) => {
      const item = vm.host.sharedQueues.dequeue(token);
      if (item === undefined) return Status.NotFound;
      return item === null ? Status.Empty : vm.giveBytes(item, data, size);
    },
  ),
];
