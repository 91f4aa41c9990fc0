// Calls to gRPC services. Each answers a Status; out-parameters are left alone on failure.

// @ts-ignore: decorator
@external("env", "proxy_grpc_call")
export declare function proxy_grpc_call(
  service: usize,
  serviceLength: i32,
  name: usize,
  nameLength: i32,
  method: usize,
  methodLength: i32,
  metadata: usize,
  metadataLength: i32,
  request: usize,
  requestLength: i32,
  timeoutMs: u32,
  tokenOut: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_grpc_stream")
export declare function proxy_grpc_stream(
  service: usize,
  serviceLength: i32,
  name: usize,
  nameLength: i32,
  method: usize,
  methodLength: i32,
  metadata: usize,
  metadataLength: i32,
  tokenOut: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_grpc_send")
export declare function proxy_grpc_send(token: u32, message: usize, messageLength: i32, endOfStream: u32): u32;

// @ts-ignore: decorator
@external("env", "proxy_grpc_cancel")
export declare function proxy_grpc_cancel(token: u32): u32;

// @ts-ignore: decorator
@external("env", "proxy_grpc_close")
export declare function proxy_grpc_close(token: u32): u32;
