// What the host calls in a filter (ABI 0.2.1), by the name that the filter's class has for it.
// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1

/** Parameters of a callback behind the context's id: name and the type that the class declares. */
const count = ['count', 'u32'];
const size = ['size', 'u32'];
const endOfStream = ['endOfStream', 'bool'];
const token = ['token', 'u32'];

const action = (host, ...parameters) => ({ host, parameters, returns: ['Action', 'u32'] });
const event = (host, ...parameters) => ({ host, parameters, returns: ['void'] });

/** Callbacks of a stream: methods of the class. A static one gets the stream's id in front and no slot is looked up. */
export const streams = {
  HttpFilter: {
    onRequestHeaders: action('proxy_on_request_headers', count, endOfStream),
    onRequestBody: action('proxy_on_request_body', size, endOfStream),
    onRequestTrailers: action('proxy_on_request_trailers', count),
    onRequestMetadata: action('proxy_on_request_metadata', count),
    onResponseHeaders: action('proxy_on_response_headers', count, endOfStream),
    onResponseBody: action('proxy_on_response_body', size, endOfStream),
    onResponseTrailers: action('proxy_on_response_trailers', count),
    onResponseMetadata: action('proxy_on_response_metadata', count),
  },
  TcpFilter: {
    onNewConnection: action('proxy_on_new_connection'),
    onDownstreamData: action('proxy_on_downstream_data', size, endOfStream),
    onUpstreamData: action('proxy_on_upstream_data', size, endOfStream),
    onDownstreamClose: event('proxy_on_downstream_connection_close', ['peer', 'u32']),
    onUpstreamClose: event('proxy_on_upstream_connection_close', ['peer', 'u32']),
  },
};

/** Callbacks of streams of either kind. `onDelete` is made by hand: it also gives the slot back. */
export const ends = {
  onLog: event('proxy_on_log'),
  onDone: { host: 'proxy_on_done', parameters: [], returns: ['bool'] },
  onDelete: event('proxy_on_delete'),
};

/** Answers to calls of a stream: the host hands them to the plugin, which finds the stream by the call's token. */
export const answers = {
  onHttpCallResponse: event('proxy_on_http_call_response', token, count, size, ['trailers', 'u32']),
  onGrpcInitialMetadata: event('proxy_on_grpc_receive_initial_metadata', token, count),
  onGrpcMessage: event('proxy_on_grpc_receive', token, size),
  onGrpcTrailingMetadata: event('proxy_on_grpc_receive_trailing_metadata', token, count),
  onGrpcClose: event('proxy_on_grpc_close', token, ['status', 'u32']),
};

/** After these nothing more comes for the token. (An answer to a gRPC call is one message, to a stream many.) */
export const lastAnswers = new Set(['onHttpCallResponse', 'onGrpcClose']);

/** Callbacks of a plugin: static methods, with the plugin's root context in front. */
export const roots = {
  onTick: event('proxy_on_tick'),
  onQueueReady: event('proxy_on_queue_ready', ['queue', 'u32']),
  onForeignFunction: event('proxy_on_foreign_function', ['id', 'u32'], size),
};
