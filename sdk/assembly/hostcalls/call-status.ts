import { proxy_get_status } from '../abi/streams';
import { Slice, sliceOf } from '../bytes/slice';
import { make } from '../memory/arena';
import { request } from '../memory/request';
import { succeeded } from './host-status';

const OUT: usize = memory.data(12, 4);

/** How a gRPC call ended: its status code (0 is OK) and message. */
@unmanaged
export class CallStatus {
  code: u32;
  message: Slice;
}

/** How the gRPC call of the running callback ended; null if the host does not say. */
export function callStatus(): CallStatus | null {
  store<u64>(OUT, 0);
  store<u32>(OUT, 0, 8);
  if (!succeeded(proxy_get_status(OUT, OUT + 4, OUT + 8))) return null;
  const status = make<CallStatus>(request);
  status.code = load<u32>(OUT);
  status.message = sliceOf(request, load<usize>(OUT, 4), load<i32>(OUT, 8));
  return status;
}
