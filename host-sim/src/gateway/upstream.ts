import type { HeaderMap } from '../http/header-map.js';
import type { Cluster } from './cluster.js';
import type { Endpoint } from './plan.js';
import { openHttp1 } from './upstream-http1.js';
import { openHttp2 } from './upstream-http2.js';
import type { UpstreamEvents, UpstreamStream } from './upstream-stream.js';

/** Opens the request to an endpoint with exactly the headers that the filters left. */
export function openUpstream(
  cluster: Cluster,
  endpoint: Endpoint,
  headers: HeaderMap,
  endStream: boolean,
  events: UpstreamEvents,
): UpstreamStream {
  const open = cluster.plan.http2 ? openHttp2 : openHttp1;
  return open(cluster, endpoint, headers, endStream, events);
}
