import { proxy_get_property } from '../abi/properties';
import { Status } from '../abi/status';
import { request } from '../memory/request';
import { copyText } from '../bytes/text';
import { Slice, sliceOf } from '../bytes/slice';

const OUT: usize = memory.data(8, 4);

/** A property by its path, written with NUL between the parts ('source\0address'); null when the host has none. */
export function property(path: string): Slice | null {
  store<u64>(OUT, 0);
  const name = request.take(path.length);
  const length = copyText(name, path);
  if (proxy_get_property(name, length, OUT, OUT + 4) != Status.OK) return null;
  return sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
}
