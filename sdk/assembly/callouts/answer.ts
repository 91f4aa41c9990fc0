import { BufferType, HeaderMapType } from '../abi/status';
import { Body } from '../bodies/body';
import { isDigit } from '../bytes/slice';
import { HeaderMap } from '../http/header-map';

/** The headers of a call's answer, during `onHttpCallResponse`. */
export const httpCallHeaders: HeaderMap = changetype<HeaderMap>(HeaderMapType.HTTP_CALL_HEADERS + 1);
/** The trailers of a call's answer. */
export const httpCallTrailers: HeaderMap = changetype<HeaderMap>(HeaderMapType.HTTP_CALL_TRAILERS + 1);
/** The body of a call's answer, read-only. */
export const httpCallBody: Body = changetype<Body>(BufferType.HTTP_CALL_BODY + 1);

/**
 * The status of a call's answer; 0 if there is none because the host gave up. Envoy answers with 504 after the timeout
 * and with 503 if it reaches nobody, so a filter that takes only 200 for a yes fails closed.
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
