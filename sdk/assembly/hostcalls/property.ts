import { proxy_get_property, proxy_set_property } from '../abi/properties';
import { Status } from '../abi/status';
import { Slice, sliceOf } from '../bytes/slice';
import { request } from '../memory/request';
import { kept, succeeded } from './host-status';

const OUT: usize = memory.data(8, 4);

/**
 * A property of the request, the connection or the host; null if the host has none. Write NUL between the parts of its
 * path: `'source\0address'`. Texts are their bytes, numbers 8 bytes little endian, booleans one byte, times and
 * durations i64 nanoseconds, maps header pairs.
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/intro/arch_overview/advanced/attributes
 *
 * In Envoy `request\0…` exists as long as the request's headers do, and in `onLog`. The old `node`, `cluster_name`,
 * `route_name` and `listener_direction` are gone; `xds\0…` has them.
 */
export function property(path: Slice): Slice | null {
  store<u64>(OUT, 0);
  if (!succeeded(proxy_get_property(path.at, path.length, OUT, OUT + 4))) return null;
  return sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
}

/**
 * A property that is a number (an integer, or a time or duration in ns), or `otherwise` if it is absent or something
 * else.
 */
export function numberProperty(path: Slice, otherwise: i64): i64 {
  const value = property(path);
  return value && value.length == 8 ? load<i64>(value.at) : otherwise;
}

/** A boolean property, or `otherwise` if it is absent or something else. */
export function flagProperty(path: Slice, otherwise: bool): bool {
  const value = property(path);
  return value && value.length == 1 ? load<u8>(value.at) != 0 : otherwise;
}

/**
 * Sets a property of the stream, and returns the status. Access logs see it as `wasm.<name>`. In Envoy it can be read
 * back only if its name is one part, so a NUL in it is refused (BAD_ARGUMENT). Outside a stream NOT_FOUND.
 */
export function setProperty(name: Slice, value: Slice): u32 {
  if (name.indexOf(0) >= 0) return kept(Status.BAD_ARGUMENT);
  return kept(proxy_set_property(name.at, name.length, value.at, value.length));
}
