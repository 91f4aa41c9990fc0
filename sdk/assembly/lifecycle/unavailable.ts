import { Action } from '../abi/status';
import { proxy_close_stream } from '../abi/streams';
import { sendLocalResponse } from '../http/local-response';
import { Slice } from '../bytes/slice';

/** gRPC's UNAVAILABLE. */
const UNAVAILABLE: i32 = 14;
const DOWNSTREAM: u32 = 2;

/** Refuses a request whose stream has no slot or no configuration. */
export function refuseRequest(stream: u32): u32 {
  const empty: Slice = '';
  sendLocalResponse(503, 'filter_unavailable', empty, empty, UNAVAILABLE);
  return Action.PAUSE;
}

/** The same for a TCP connection, which is closed. */
export function refuseConnection(stream: u32): u32 {
  proxy_close_stream(DOWNSTREAM);
  return Action.PAUSE;
}
