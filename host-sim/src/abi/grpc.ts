import { notSimulated } from './table.js';

const callee = [
  'service_data',
  'service_size',
  'service_name_data',
  'service_name_size',
  'method_data',
  'method_size',
  'initial_metadata_data',
  'initial_metadata_size',
];

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#grpc-calls
export const grpcFunctions = [
  notSimulated('gRPC callouts', 'proxy_grpc_call', [
    ...callee,
    'message_data',
    'message_size',
    'timeout_milliseconds',
    'return_call_id',
  ]),
  notSimulated('gRPC callouts', 'proxy_grpc_stream', [...callee, 'return_stream_id']),
  notSimulated('gRPC callouts', 'proxy_grpc_send', ['stream_id', 'message_data', 'message_size', 'end_of_stream']),
  notSimulated('gRPC callouts', 'proxy_grpc_cancel', ['call_or_stream_id']),
  notSimulated('gRPC callouts', 'proxy_grpc_close', ['call_or_stream_id']),
];
