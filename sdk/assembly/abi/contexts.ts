// Contexts and foreign functions. Each answers a Status; out-parameters are left alone on failure.

// @ts-ignore: decorator
@external("env", "proxy_set_effective_context")
export declare function proxy_set_effective_context(context: u32): u32;

// @ts-ignore: decorator
@external("env", "proxy_done")
export declare function proxy_done(): u32;

// @ts-ignore: decorator
@external("env", "proxy_call_foreign_function")
export declare function proxy_call_foreign_function(
  name: usize,
  nameLength: i32,
  argument: usize,
  argumentLength: i32,
  resultOut: usize,
  lengthOut: usize,
): u32;
