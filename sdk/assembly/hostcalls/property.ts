import { proxy_get_property, proxy_set_property } from '../abi/properties';
import { Status } from '../abi/status';
import { Slice, sliceOf } from '../bytes/slice';
import { request } from '../memory/request';
import { kept, succeeded } from './host-status';

const OUT: usize = memory.data(8, 4);

/**
 * A property by its path, written with NUL between the parts ('source\0address'); null when the host has none. Text comes as
 * its bytes, numbers as 8 bytes little endian, booleans as one, times and durations as i64 nanoseconds, maps as header
 * pairs. https://www.envoyproxy.io/docs/envoy/v1.40.0/intro/arch_overview/advanced/attributes
 *
 * Envoy: `request\0…` is there while the request's headers are, and in `proxy_on_log`. The old `node`, `cluster_name`,
 * `route_name` and `listener_direction` are gone: `xds\0…` has them.
 */
export function property(path: Slice): Slice | null {
  store<u64>(OUT, 0);
  if (!succeeded(proxy_get_property(path.at, path.length, OUT, OUT + 4))) return null;
  return sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
}

/** A number (integer, time or duration in ns), or `otherwise` when the property is absent or no number. */
export function numberProperty(path: Slice, otherwise: i64): i64 {
  const value = property(path);
  return value && value.length == 8 ? load<i64>(value.at) : otherwise;
}

/** A boolean, or `otherwise` when the property is absent or no boolean. */
export function flagProperty(path: Slice, otherwise: bool): bool {
  const value = property(path);
  return value && value.length == 1 ? load<u8>(value.at) != 0 : otherwise;
}

/**
 * Sets a property of the stream, which access logs see as `wasm.<name>`. Envoy: it can be read back only where its name is one
 * part, and a NUL in it is refused here (BAD_ARGUMENT); outside a stream NOT_FOUND.
 */
export function setProperty(name: Slice, value: Slice): u32 {
  if (name.indexOf(0) >= 0) return kept(Status.BAD_ARGUMENT);
  return kept(proxy_set_property(name.at, name.length, value.at, value.length));
}
