import { proxy_get_property } from '../abi/properties';
import { Status } from '../abi/status';
import { request } from '../memory/request';
import { Slice, sliceOf } from '../bytes/slice';

const OUT: usize = memory.data(8, 4);

/** A property by its path, written with NUL between the parts ('source\0address'); null when the host has none. */
export function property(path: Slice): Slice | null {
  store<u64>(OUT, 0);
  if (proxy_get_property(path.at, path.length, OUT, OUT + 4) != Status.OK) return null;
  return sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
}
