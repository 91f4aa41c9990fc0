import { BufferType, HeaderMapType } from '../abi/status';
import { Body } from '../bodies/body';
import { isDigit } from '../bytes/slice';
import { HeaderMap } from '../http/header-map';

/** The headers of an HTTP call's answer, while `onHttpCallResponse` runs. */
export const httpCallHeaders: HeaderMap = changetype<HeaderMap>(HeaderMapType.HTTP_CALL_HEADERS + 1);
/** Its trailers. */
export const httpCallTrailers: HeaderMap = changetype<HeaderMap>(HeaderMapType.HTTP_CALL_TRAILERS + 1);
/** Its body; it can only be read. */
export const httpCallBody: Body = changetype<Body>(BufferType.HTTP_CALL_BODY + 1);

/**
 * The `:status` of the answer; 0 when there is none, because the host gave the call up. Envoy answers itself with 504 when the
 * time was over and 503 when nobody answered, so a filter that lets pass what is 200 and nothing else fails closed.
 */
export function httpCallStatus(): u32 {
  const text = httpCallHeaders.first(':status');
  if (!text || text.length != 3) return 0;
  let status: u32 = 0;
  for (let i = 0; i < 3; i++) {
    if (!isDigit(text.byte(i))) return 0;
    status = status * 10 + text.byte(i) - 0x30;
  }
  return status;
}
