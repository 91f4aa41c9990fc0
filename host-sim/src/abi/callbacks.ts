import type { Signature, ValueType } from '../wasm/binary.js';

interface Callback extends Signature {
  name: string;
  parameterNames: string[];
}

const callback = (name: string, parameters: string, results: 0 | 1): Callback => ({
  name,
  parameterNames: parameters.split(' '),
  params: parameters.split(' ').map(() => 'i32' as ValueType),
  results: Array<ValueType>(results).fill('i32'),
});

/** Every export that Envoy calls, with its shape in ABI 0.2.x. A filter may leave any of them out. */
export const CALLBACKS: ReadonlyMap<string, Callback> = new Map(
  [
    callback('proxy_on_context_create', 'context_id parent_context_id', 0),
    callback('proxy_on_vm_start', 'context_id vm_configuration_size', 1),
    callback('proxy_on_configure', 'context_id plugin_configuration_size', 1),
    callback('proxy_validate_configuration', 'context_id plugin_configuration_size', 1),
    callback('proxy_on_request_headers', 'context_id num_headers end_of_stream', 1),
    callback('proxy_on_response_headers', 'context_id num_headers end_of_stream', 1),
    callback('proxy_on_log', 'context_id', 0),
    callback('proxy_on_done', 'context_id', 1),
    callback('proxy_on_delete', 'context_id', 0),
    callback('proxy_on_request_body', 'context_id body_size end_of_stream', 1),
    callback('proxy_on_response_body', 'context_id body_size end_of_stream', 1),
    callback('proxy_on_request_trailers', 'context_id num_trailers', 1),
    callback('proxy_on_response_trailers', 'context_id num_trailers', 1),
    callback('proxy_on_request_metadata', 'context_id num_elements', 1),
    callback('proxy_on_response_metadata', 'context_id num_elements', 1),
    callback('proxy_on_tick', 'context_id', 0),
    callback('proxy_on_new_connection', 'context_id', 1),
    callback('proxy_on_downstream_data', 'context_id data_size end_of_stream', 1),
    callback('proxy_on_upstream_data', 'context_id data_size end_of_stream', 1),
    callback('proxy_on_downstream_connection_close', 'context_id peer_type', 0),
    callback('proxy_on_upstream_connection_close', 'context_id peer_type', 0),
    callback('proxy_on_http_call_response', 'context_id call_id num_headers body_size num_trailers', 0),
    callback('proxy_on_grpc_receive_initial_metadata', 'context_id call_id num_elements', 0),
    callback('proxy_on_grpc_receive', 'context_id call_id message_size', 0),
    callback('proxy_on_grpc_receive_trailing_metadata', 'context_id call_id num_elements', 0),
    callback('proxy_on_grpc_close', 'context_id call_id status_code', 0),
    callback('proxy_on_queue_ready', 'context_id queue_id', 0),
    callback('proxy_on_foreign_function', 'context_id function_id arguments_size', 0),
  ].map((entry) => [entry.name, entry]),
);

/** The functions that hand out memory in the filter, the first one present is used. */
export const ALLOCATORS = ['malloc', 'proxy_on_memory_allocate'] as const;
/** The two differ in proxy_get_log_level alone, which is of 0.2.1; Go's SDK says 0.2.0. */
export const ABI_MARKERS = ['proxy_abi_version_0_2_1', 'proxy_abi_version_0_2_0'] as const;
export const ABI_MARKER_OLDER = 'proxy_abi_version_0_1_0';
