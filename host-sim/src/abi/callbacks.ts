import type { Signature, ValueType } from '../wasm/binary.js';

interface Callback extends Signature {
  name: string;
  /** Why load refuses a module that exports it; absent when the host calls it. */
  notSimulated?: string;
}

const callback = (name: string, parameters: number, results: 0 | 1, notSimulated?: string): Callback => ({
  name,
  params: Array<ValueType>(parameters).fill('i32'),
  results: Array<ValueType>(results).fill('i32'),
  notSimulated,
});

/** Every export that Envoy calls, with its shape in ABI 0.2.x. A filter may leave any of them out. */
export const CALLBACKS: ReadonlyMap<string, Callback> = new Map(
  [
    callback('proxy_on_context_create', 2, 0),
    callback('proxy_on_vm_start', 2, 1),
    callback('proxy_on_configure', 2, 1),
    callback('proxy_validate_configuration', 2, 1),
    callback('proxy_on_request_headers', 3, 1),
    callback('proxy_on_response_headers', 3, 1),
    callback('proxy_on_log', 1, 0),
    callback('proxy_on_done', 1, 1),
    callback('proxy_on_delete', 1, 0),
    callback('proxy_on_request_body', 3, 1),
    callback('proxy_on_response_body', 3, 1),
    callback('proxy_on_request_trailers', 2, 1),
    callback('proxy_on_response_trailers', 2, 1),
    callback('proxy_on_request_metadata', 2, 1, 'HTTP/2 metadata callbacks'),
    callback('proxy_on_response_metadata', 2, 1, 'HTTP/2 metadata callbacks'),
    callback('proxy_on_tick', 1, 0),
    callback('proxy_on_new_connection', 1, 1, 'TCP callbacks'),
    callback('proxy_on_downstream_data', 3, 1, 'TCP callbacks'),
    callback('proxy_on_upstream_data', 3, 1, 'TCP callbacks'),
    callback('proxy_on_downstream_connection_close', 2, 0, 'TCP callbacks'),
    callback('proxy_on_upstream_connection_close', 2, 0, 'TCP callbacks'),
    callback('proxy_on_http_call_response', 5, 0),
    callback('proxy_on_grpc_receive_initial_metadata', 3, 0, 'gRPC callouts'),
    callback('proxy_on_grpc_receive', 3, 0, 'gRPC callouts'),
    callback('proxy_on_grpc_receive_trailing_metadata', 3, 0, 'gRPC callouts'),
    callback('proxy_on_grpc_close', 3, 0, 'gRPC callouts'),
    callback('proxy_on_queue_ready', 2, 0),
    callback('proxy_on_foreign_function', 3, 0),
  ].map((entry) => [entry.name, entry]),
);

/** The functions that hand out memory in the filter, the first one present is used. */
export const ALLOCATORS = ['malloc', 'proxy_on_memory_allocate'] as const;
/** The two differ in proxy_get_log_level alone, which is of 0.2.1; Go's SDK says 0.2.0. */
export const ABI_MARKERS = ['proxy_abi_version_0_2_1', 'proxy_abi_version_0_2_0'] as const;
export const ABI_MARKER_OLDER = 'proxy_abi_version_0_1_0';
