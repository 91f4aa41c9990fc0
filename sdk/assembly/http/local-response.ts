import { proxy_send_local_response } from '../abi/streams';
import { Slice, sliceOf } from '../bytes/slice';
import { kept } from '../hostcalls/host-status';
import { request } from '../memory/request';

/** A `grpcStatus` that leaves it to the host to derive it from the HTTP status. */
export const NO_GRPC_STATUS: i32 = -1;

/**
 * Answers the request itself, and returns the status. The answer is sent when the callback returns; nothing later in
 * the chain sees the request. `headers` come from `HeaderPairs`, `details` go to the access log
 * (`%RESPONSE_CODE_DETAILS%`). A gRPC caller gets `grpcStatus` with the body as its message. Never call it in `onLog`:
 * Envoy crashes.
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

/** The same with default headers: `sendText(403, 'not_allowed', 'not allowed')`. Return `Action.PAUSE` after it. */
export function sendText(status: u32, details: Slice, body: Slice): u32 {
  return sendLocalResponse(status, details, body, sliceOf(request, 0, 0), NO_GRPC_STATUS);
}
