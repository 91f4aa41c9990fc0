import { HeaderMap } from '../../http/header-map.js';
import { type CalloutAnswer, type CalloutClient, type CalloutRequest, failedCallout } from '../../vm/callouts.js';
import { pairsOf } from '../http2-fields.js';
import type { Cluster } from '../upstream/cluster.js';
import { failureWords } from '../upstream/failure.js';
import { openUpstream } from '../upstream/upstream.js';

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
    const upstream = openUpstream(
      { cluster, endpoint, headers, endStream: end },
      {
        connected: () => {},
        failed: (failure) => answered(failedCallout(503, failureWords(failure).text)),
        response: (head, _whole, body) => {
          head.set('x-envoy-upstream-service-time', String(Math.floor(performance.now() - sentAt)));
          const pieces: Buffer[] = [];
          body.on('data', (piece: Buffer) => pieces.push(piece));
          body.once('end', () => {
            if (body.cut) return;
            const trailers = HeaderMap.trailers(pairsOf(body.rawTrailers));
            const more = cluster.plan.http2 && trailers.entries.length > 0 ? { trailers } : {};
            answered({ headers: head, body: Buffer.concat(pieces), ...more });
          });
        },
      },
    );
    if (!end) {
      if (request.body.length > 0) upstream.write(request.body);
      upstream.end(
        cluster.plan.http2 && request.trailers.length > 0 ? HeaderMap.trailers(request.trailers) : undefined,
      );
    }
    return () => upstream.destroy();
  }
}
