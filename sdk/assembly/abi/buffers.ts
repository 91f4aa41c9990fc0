// Buffers: bodies, configuration, answers of calls. Each answers a Status; out-parameters are left alone on failure.

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
export declare function proxy_get_buffer_bytes(
  buffer: u32,
  start: i32,
  length: i32,
  bytesOut: usize,
  lengthOut: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
export declare function proxy_set_buffer_bytes(
  buffer: u32,
  start: i32,
  length: i32,
  bytes: usize,
  bytesLength: i32,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_status")
export declare function proxy_get_buffer_status(buffer: u32, lengthOut: usize, flagsOut: usize): u32;
