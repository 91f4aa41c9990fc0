// Shared data: one map for all VMs with the same vm_id. Each answers a Status; out-parameters are left alone on failure.

// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
export declare function proxy_get_shared_data(
  key: usize,
  keyLength: i32,
  valueOut: usize,
  lengthOut: usize,
  casOut: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
export declare function proxy_set_shared_data(
  key: usize,
  keyLength: i32,
  value: usize,
  valueLength: i32,
  cas: u32,
): u32;
