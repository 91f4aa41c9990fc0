import { toBytes } from '../bytes.js';
import { decodePairs } from '../http/pairs.js';
import { Status } from './status.js';
import { hostFunction } from './table.js';

const STREAM = { request: 0, response: 1, downstream: 2, upstream: 3 } as const;

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#http-streams
export const streamFunctions = [
  hostFunction('proxy_continue_stream', ['stream_type'], (vm, type: number) => {
    if (type > STREAM.upstream) return Status.BadArgument;
    const stream = vm.current().stream;
    if (type === STREAM.request) stream?.requestContinue();
    else if (type === STREAM.response) stream?.responseContinue();
    else if (type === STREAM.downstream) stream?.downstreamContinue();
    // Envoy: a network filter cannot let the upstream's bytes go from outside of their callback.
    else return Status.Unimplemented;
    return Status.Ok;
  }),

  hostFunction('proxy_close_stream', ['stream_type'], (vm, type: number) => {
    if (type > STREAM.upstream) return Status.BadArgument;
    const stream = vm.current().stream;
    if (type <= STREAM.response) stream?.closeStream(type === STREAM.request ? 'request' : 'response');
    else stream?.closeConnection();
    return Status.Ok;
  }),

  hostFunction(
    'proxy_send_local_response',
    [
      'status_code',
      'details_data',
      'details_size',
      'body_data',
      'body_size',
      'headers_data',
      'headers_size',
      'grpc_status',
    ],
    (vm, ...args: number[]) => {
      const [code, details, detailsSize, body, bodySize, headers, headersSize, grpcStatus] = args as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const reply = {
        status: code,
        details: vm.memory.readText(details, detailsSize).replaceAll(' ', '_'),
        body: vm.memory.readText(body, bodySize),
        headers: decodePairs(vm.memory.read(headers, headersSize)),
        grpcStatus: grpcStatus | 0,
      };
      // Envoy: also when the effective context has no stream to answer.
      vm.stopNext = true;
      vm.current().stream?.localReply(reply);
      return Status.Ok;
    },
  ),

  // Of the last gRPC call that was closed, in the root that made it, whichever of its contexts asks; before there is one
  // Envoy answers 0 and ''.
  hostFunction(
    'proxy_get_status',
    ['return_code', 'return_message_data', 'return_message_size'],
    (vm, code: number, data: number, size: number) => {
      const status = vm.rootOf(vm.current()).status ?? { code: 0, message: '' };
      vm.memory.writeU32(code, status.code);
      return vm.giveBytes(toBytes(status.message), data, size);
    },
  ),
];
