import { proxy_get_buffer_bytes } from '../abi/buffers';
import { BufferType, Status } from '../abi/status';
import { request } from '../memory/request';
import { Slice, sliceOf } from '../bytes/slice';

const OUT: usize = memory.data(8, 4);

/** The plugin's configuration; to be read in `proxy_on_configure` only. Null when the host cannot hand it over. */
export function pluginConfiguration(length: u32): Slice | null {
  store<u64>(OUT, 0);
  if (proxy_get_buffer_bytes(BufferType.PLUGIN_CONFIGURATION, 0, length, OUT, OUT + 4) != Status.OK) return null;
  return sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
}
