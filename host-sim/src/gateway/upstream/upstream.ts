import type { HeaderMap } from '../../http/header-map.js';
import type { Endpoint } from '../plan/plan.js';
import type { Cluster } from './cluster.js';
import { openHttp1 } from './http1.js';
import { openHttp2 } from './http2.js';
import type { UpstreamEvents, UpstreamStream } from './stream.js';

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
