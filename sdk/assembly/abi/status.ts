/** The status that a host call returns. https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1 */
export namespace Status {
  export const OK: u32 = 0;
  export const NOT_FOUND: u32 = 1;
  export const BAD_ARGUMENT: u32 = 2;
  export const SERIALIZATION_FAILURE: u32 = 3;
  export const PARSE_FAILURE: u32 = 4;
  export const BAD_EXPRESSION: u32 = 5;
  export const INVALID_MEMORY_ACCESS: u32 = 6;
  export const EMPTY: u32 = 7;
  export const CAS_MISMATCH: u32 = 8;
  export const RESULT_MISMATCH: u32 = 9;
  export const INTERNAL_FAILURE: u32 = 10;
  export const BROKEN_CONNECTION: u32 = 11;
  export const UNIMPLEMENTED: u32 = 12;
}

/** What a callback of a stream returns: go on, or hold what it was called for. */
export enum Action {
  CONTINUE = 0,
  PAUSE = 1,
}

/** The host's header maps. The last four belong to a call that the filter made. */
export namespace HeaderMapType {
  export const REQUEST_HEADERS: u32 = 0;
  export const REQUEST_TRAILERS: u32 = 1;
  export const RESPONSE_HEADERS: u32 = 2;
  export const RESPONSE_TRAILERS: u32 = 3;
  export const GRPC_INITIAL_METADATA: u32 = 4;
  export const GRPC_TRAILING_METADATA: u32 = 5;
  export const HTTP_CALL_HEADERS: u32 = 6;
  export const HTTP_CALL_TRAILERS: u32 = 7;
}

/** The host's buffers. Those from `HTTP_CALL_BODY` on are read-only. */
export namespace BufferType {
  export const REQUEST_BODY: u32 = 0;
  export const RESPONSE_BODY: u32 = 1;
  export const DOWNSTREAM_DATA: u32 = 2;
  export const UPSTREAM_DATA: u32 = 3;
  export const HTTP_CALL_BODY: u32 = 4;
  export const GRPC_MESSAGE: u32 = 5;
  export const VM_CONFIGURATION: u32 = 6;
  export const PLUGIN_CONFIGURATION: u32 = 7;
  export const FOREIGN_FUNCTION_ARGUMENT: u32 = 8;
}

/** The argument of `proxy_continue_stream` and `proxy_close_stream`. */
export namespace StreamType {
  export const REQUEST: u32 = 0;
  export const RESPONSE: u32 = 1;
  export const DOWNSTREAM: u32 = 2;
  export const UPSTREAM: u32 = 3;
}

/** Who closed a TCP connection. */
export namespace PeerType {
  export const UNKNOWN: u32 = 0;
  export const LOCAL: u32 = 1;
  export const REMOTE: u32 = 2;
}

/** The type of a metric. */
export namespace MetricType {
  export const COUNTER: u32 = 0;
  export const GAUGE: u32 = 1;
  export const HISTOGRAM: u32 = 2;
}
