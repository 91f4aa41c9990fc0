// Properties: a path is its parts joined by NUL bytes. Each answers a Status; out-parameters are left alone on failure.

// @ts-ignore: decorator
@external("env", "proxy_get_property")
export declare function proxy_get_property(path: usize, pathLength: i32, valueOut: usize, lengthOut: usize): u32;

// @ts-ignore: decorator
@external("env", "proxy_set_property")
export declare function proxy_set_property(path: usize, pathLength: i32, value: usize, valueLength: i32): u32;
