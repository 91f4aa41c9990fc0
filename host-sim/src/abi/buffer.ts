import { Body } from '../http/body.js';
import type { Context } from '../vm/context.js';
import type { Vm } from '../vm/vm.js';
import { Status, StatusFault } from './status.js';
import { hostFunction } from './table.js';

const BUFFER = {
  requestBody: 0,
  responseBody: 1,
  downstreamData: 2,
  upstreamData: 3,
  httpCallBody: 4,
  grpcMessage: 5,
  vmConfiguration: 6,
  pluginConfiguration: 7,
  callData: 8,
} as const;

const EMPTY = new Uint8Array(0);

/** What a buffer holds now; a status where Envoy has none to give. A Body can be written to. */
function bufferOf(vm: Vm, type: number): Uint8Array | Body {
  if (type > BUFFER.callData) throw new StatusFault(Status.BadArgument);
  const context = vm.current();
  // Envoy: each context has one view of a buffer, which stays where it last was; call data is whatever it shows.
  if (type !== BUFFER.callData) context.buffer = viewOf(vm, context, type);
  return context.buffer ?? EMPTY;
}

function viewOf(vm: Vm, context: Context, type: number): Uint8Array | Body {
  if (type === BUFFER.requestBody) return context.stream?.body('request') ?? EMPTY;
  if (type === BUFFER.responseBody) return context.stream?.body('response') ?? EMPTY;
  if (type === BUFFER.downstreamData) return context.stream?.body('downstream') ?? EMPTY;
  if (type === BUFFER.upstreamData) return context.stream?.body('upstream') ?? EMPTY;
  if (type === BUFFER.vmConfiguration) return context.plugin.vmConfiguration;
  if (type === BUFFER.pluginConfiguration) {
    if (!vm.configuring) throw new StatusFault(Status.NotFound);
    return context.plugin.configuration;
  }
  if (type === BUFFER.httpCallBody) {
    const answer = vm.callouts.current;
    if (!answer) throw new StatusFault(Status.NotFound);
    return answer.body;
  }
  return vm.grpc.view?.message ?? EMPTY;
}

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#buffers
export const bufferFunctions = [
  hostFunction(
    'proxy_get_buffer_bytes',
    ['buffer_type', 'offset', 'max_size', 'return_value_data', 'return_value_size'],
    (vm, type: number, start: number, length: number, data: number, size: number) => {
      const buffer = bufferOf(vm, type);
      const bytes = buffer instanceof Body ? buffer.bytes : buffer;
      return vm.giveBytes(bytes.subarray(start, start + length), data, size);
    },
  ),

  hostFunction(
    'proxy_set_buffer_bytes',
    ['buffer_type', 'offset', 'size', 'value_data', 'value_size'],
    (vm, type: number, start: number, length: number, value: number, valueSize: number) => {
      const bytes = vm.memory.read(value, valueSize).slice();
      const buffer = bufferOf(vm, type);
      // Envoy: configurations are read-only, bodies are absent outside their callbacks; both are BadArgument.
      return buffer instanceof Body ? edit(buffer, start, length, bytes) : Status.BadArgument;
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

/** Envoy: a body's beginning can be replaced (all of it, some, or none: then it is put before) and its end added to. */
function edit(body: Body, start: number, length: number, bytes: Uint8Array): Status {
  if (start === 0) {
    const rest = body.drain().subarray(length);
    body.append(bytes);
    body.append(rest);
  } else if (start > 0 && start >= body.length) body.append(bytes);
  else return Status.BadArgument;
  return Status.Ok;
}
