import { proxy_send_local_response } from '../abi/streams';
import { Slice, sliceOf } from '../bytes/slice';
import { kept } from '../hostcalls/host-status';
import { request } from '../memory/request';

/** Where `grpcStatus` is to be what the host makes of the HTTP status. */
export const NO_GRPC_STATUS: i32 = -1;

/**
 * Answers the request here, and returns the status. It is sent when the callback returns, and nothing later in the chain sees
 * the request. `headers` are the bytes of `HeaderPairs`, `details` go to the access log (`%RESPONSE_CODE_DETAILS%`). To a gRPC
 * caller it is `grpcStatus` with the body as message. Envoy: never from `proxy_on_log`, which kills the process.
 */
export function sendLocalResponse(status: u32, details: Slice, body: Slice, headers: Slice, grpcStatus: i32): u32 {
  return kept(
    proxy_send_local_response(
      status,
      details.at,
      details.length,
      body.at,
      body.length,
      headers.at,
      headers.length,
      grpcStatus,
    ),
  );
}

/** The same without headers of its own: `sendText(403, 'not_allowed', 'not allowed')`, then PAUSE. */
export function sendText(status: u32, details: Slice, body: Slice): u32 {
  return sendLocalResponse(status, details, body, sliceOf(request, 0, 0), NO_GRPC_STATUS);
}
