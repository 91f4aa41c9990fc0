// Calls to other HTTP services. Each answers a Status; out-parameters are left alone on failure.

// @ts-ignore: decorator
@external("env", "proxy_http_call")
export declare function proxy_http_call(
  cluster: usize,
  clusterLength: i32,
  headers: usize,
  headersLength: i32,
  body: usize,
  bodyLength: i32,
  trailers: usize,
  trailersLength: i32,
  timeoutMs: u32,
  tokenOut: usize,
): u32;
