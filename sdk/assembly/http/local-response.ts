import { proxy_send_local_response } from '../abi/streams';
import { Slice } from '../bytes/slice';

/** Answers the request here. It is sent when the callback returns, and nothing later in the chain sees the request. */
export function sendLocalResponse(status: u32, details: Slice, body: Slice, headers: Slice, grpcStatus: i32): void {
  proxy_send_local_response(
    status,
    details.at,
    details.length,
    body.at,
    body.length,
    headers.at,
    headers.length,
    grpcStatus,
  );
}
