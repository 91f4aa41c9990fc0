import { proxy_close_stream, proxy_continue_stream } from '../abi/streams';
import { StreamType } from '../abi/status';
import { kept } from './host-status';

/** Lets a paused request go on, once the running callback returns. Its headers can no longer be changed then. */
export function continueRequest(): u32 {
  return kept(proxy_continue_stream(StreamType.REQUEST));
}

/** Lets a paused response go on. Never call it before the response has begun: Envoy crashes. */
export function continueResponse(): u32 {
  return kept(proxy_continue_stream(StreamType.RESPONSE));
}

/** Lets paused data of the client's TCP connection go on. */
export function continueDownstream(): u32 {
  return kept(proxy_continue_stream(StreamType.DOWNSTREAM));
}

/** Lets paused data of the upstream's TCP connection go on. */
export function continueUpstream(): u32 {
  return kept(proxy_continue_stream(StreamType.UPSTREAM));
}

/** Resets the HTTP stream, towards the client as well. */
export function closeRequest(): u32 {
  return kept(proxy_close_stream(StreamType.REQUEST));
}

/** Resets the HTTP stream from the response's side. */
export function closeResponse(): u32 {
  return kept(proxy_close_stream(StreamType.RESPONSE));
}

/** Closes the client's TCP connection. */
export function closeDownstream(): u32 {
  return kept(proxy_close_stream(StreamType.DOWNSTREAM));
}

/** Closes the upstream's TCP connection. */
export function closeUpstream(): u32 {
  return kept(proxy_close_stream(StreamType.UPSTREAM));
}
