import { HeaderMap } from '../http/header-map.js';
import { type CalloutAnswer, type CalloutClient, type CalloutRequest, failedCallout } from '../vm/callouts.js';
import type { Cluster } from './cluster.js';
import { failureText, openUpstream, readUpstreamHead } from './upstream.js';

/** Carries the filters' HTTP calls out over real connections to the bootstrap's clusters. */
export class GatewayCallouts implements CalloutClient {
  constructor(private readonly clusters: ReadonlyMap<string, Cluster>) {}

  has(cluster: string): boolean {
    return this.clusters.has(cluster);
  }

  send(request: CalloutRequest, answered: (answer: CalloutAnswer) => void): () => void {
    const cluster = this.clusters.get(request.cluster) as Cluster;
    const endpoint = cluster.pick();
    if (!endpoint) {
      // Envoy: also what is known at once is told after the call that asked for it.
      queueMicrotask(() => answered(failedCallout(503, 'no healthy upstream')));
      return () => {};
    }
    const headers = HeaderMap.request(request.headers);
    const sentAt = performance.now();
    const end = request.body.length === 0 && request.trailers.length === 0;
    const upstream = openUpstream(cluster, endpoint, headers, end);
    upstream.once('error', (error: NodeJS.ErrnoException) => answered(failedCallout(503, failureText(error))));
    upstream.once('response', (response) => {
      const head = readUpstreamHead(response, headers.first(':method') === 'HEAD');
      head.headers.set('x-envoy-upstream-service-time', String(Math.floor(performance.now() - sentAt)));
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.once('error', () => {});
      response.once('end', () => answered({ headers: head.headers, body: Buffer.concat(pieces) }));
    });
    if (request.body.length > 0) upstream.write(request.body);
    upstream.end();
    return () => upstream.destroy();
  }
}
