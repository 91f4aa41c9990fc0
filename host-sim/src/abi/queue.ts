import { notSimulated } from './table.js';

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#shared-queues
export const queueFunctions = [
  notSimulated('shared queues', 'proxy_register_shared_queue', ['name_data', 'name_size', 'return_queue_id']),
  notSimulated('shared queues', 'proxy_resolve_shared_queue', [
    'vm_id_data',
    'vm_id_size',
    'name_data',
    'name_size',
    'return_queue_id',
  ]),
  notSimulated('shared queues', 'proxy_enqueue_shared_queue', ['queue_id', 'value_data', 'value_size']),
  notSimulated('shared queues', 'proxy_dequeue_shared_queue', ['queue_id', 'return_value_data', 'return_value_size']),
];
