/** What a host call answers. https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1 */
export namespace Status {
  export const OK: u32 = 0;
  export const NOT_FOUND: u32 = 1;
  export const BAD_ARGUMENT: u32 = 2;
  export const SERIALIZATION_FAILURE: u32 = 3;
  export const PARSE_FAILURE: u32 = 4;
  export const INVALID_MEMORY_ACCESS: u32 = 6;
  export const EMPTY: u32 = 7;
  export const CAS_MISMATCH: u32 = 8;
  export const INTERNAL_FAILURE: u32 = 10;
}

/** What a stream callback returns. */
export enum Action {
  CONTINUE = 0,
  PAUSE = 1,
}

export namespace HeaderMapType {
  export const REQUEST_HEADERS: u32 = 0;
  export const REQUEST_TRAILERS: u32 = 1;
  export const RESPONSE_HEADERS: u32 = 2;
  export const RESPONSE_TRAILERS: u32 = 3;
}

export namespace BufferType {
  export const REQUEST_BODY: u32 = 0;
  export const RESPONSE_BODY: u32 = 1;
  export const VM_CONFIGURATION: u32 = 6;
  export const PLUGIN_CONFIGURATION: u32 = 7;
}

export namespace MetricType {
  export const COUNTER: u32 = 0;
  export const GAUGE: u32 = 1;
  export const HISTOGRAM: u32 = 2;
}
