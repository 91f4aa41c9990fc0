import { openHttp1 } from './http1.js';
import { openHttp2 } from './http2.js';
import type { UpstreamEvents, UpstreamRequest, UpstreamStream } from './stream.js';

/** Opens a request in the protocol of its cluster. */
export function openUpstream(request: UpstreamRequest, events: UpstreamEvents): UpstreamStream {
  return (request.cluster.plan.http2 ? openHttp2 : openHttp1)(request, events);
}
