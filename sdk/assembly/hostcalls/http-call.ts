import { proxy_get_buffer_bytes } from '../abi/buffers';
import { proxy_http_call } from '../abi/http-calls';
import { BufferType, HeaderMapType, Status } from '../abi/status';
import { Slice, sliceOf } from '../bytes/slice';
import { Headers } from '../http/headers';
import { request } from '../memory/request';

const OUT: usize = memory.data(8, 4);

/** No call was made: the host has no such cluster, or does not take the headers. */
export const NO_CALL: u32 = 0xffffffff;

/**
 * Sends a request without a body to a cluster; the answer comes to `proxy_on_http_call_response` of the plugin that is being
 * called, with the number that is returned. `headers` are pairs, among them `:method`, `:path` and `:authority`.
 */
export function sendHttpCall(cluster: Slice, headers: Slice, timeoutMs: u32): u32 {
  // Trailers are pairs too, of which there are none.
  store<u32>(OUT, 0, 4);
  const status = proxy_http_call(
    cluster.at,
    cluster.length,
    headers.at,
    headers.length,
    0,
    0,
    OUT + 4,
    4,
    timeoutMs,
    OUT,
  );
  return status == Status.OK ? load<u32>(OUT) : NO_CALL;
}

/** The head of the answer, within its callback; null where there was none: the call failed. */
export function httpCallHeaders(): Headers | null {
  return Headers.read(HeaderMapType.HTTP_CALL_HEADERS);
}

/** The body of the answer, within its callback; null when the host cannot hand it over. */
export function httpCallBody(length: i32): Slice | null {
  store<u64>(OUT, 0);
  if (!length) return sliceOf(request, 0, 0);
  const status = proxy_get_buffer_bytes(BufferType.HTTP_CALL_BODY, 0, length, OUT, OUT + 4);
  return status == Status.OK ? sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4)) : null;
}
