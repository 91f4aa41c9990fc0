import { SimulatorError } from '../../errors.js';
import { HeaderMap } from '../../http/header-map.js';
import {
  type GrpcClient,
  type GrpcConnection,
  type GrpcEnd,
  type GrpcEvents,
  type GrpcRequest,
  GrpcStatus,
} from '../../vm/grpc.js';
import { brokenEnd, cutEnd, plainHttpEnd, toldEnd, unansweredEnd } from '../../vm/grpc-end.js';
import { type BodySource, readBody } from '../body-source.js';
import type { Cluster } from '../upstream/cluster.js';
import { failureDetails, failureWords } from '../upstream/failure.js';
import type { UpstreamFailure, UpstreamStream } from '../upstream/stream.js';
import { openUpstream } from '../upstream/upstream.js';
import { framed, GrpcFrames } from './grpc-frames.js';

/** Carries the filters' gRPC calls and streams out over HTTP/2 to the bootstrap's clusters. */
export class GatewayGrpc implements GrpcClient {
  constructor(private readonly clusters: ReadonlyMap<string, Cluster>) {}

  has(cluster: string): boolean {
    return this.clusters.has(cluster);
  }

  open(request: GrpcRequest, events: GrpcEvents): GrpcConnection {
    const cluster = this.clusters.get(request.cluster) as Cluster;
    if (!cluster.plan.http2)
      throw new SimulatorError('not_simulated', `gRPC to cluster ${request.cluster}, which is configured for HTTP/1`);
    return new GatewayCall(cluster, request, events);
  }
}

/** One call or stream on its way. */
class GatewayCall implements GrpcConnection {
  readonly #frames = new GrpcFrames();
  readonly #sentAt = performance.now();
  #upstream: UpstreamStream | undefined;
  /** The filter has sent its last message. */
  #closed = false;
  #headSeen = false;
  #over = false;

  constructor(
    cluster: Cluster,
    request: GrpcRequest,
    private readonly events: GrpcEvents,
  ) {
    const endpoint = cluster.pick();
    if (!endpoint) {
      this.failed({ kind: 'no-host', code: '' });
      return;
    }
    const headers = HeaderMap.request(request.headers);
    try {
      this.#upstream = openUpstream(
        { cluster, endpoint, headers, endStream: false },
        {
          connected: () => {},
          failed: (failure) => this.failed(failure),
          response: (headers, endStream, body) => this.response(headers, endStream, body),
        },
      );
    } catch {
      // Metadata that HTTP/2 does not carry. Envoy: a protocol error, without a text.
      this.end(unansweredEnd('', failureWords({ kind: 'protocol', code: '' }).details));
    }
  }

  send(message: Uint8Array, end: boolean): void {
    this.#upstream?.write(framed(message));
    if (end) this.close();
  }

  close(): void {
    this.#closed = true;
    this.#upstream?.end();
  }

  cancel(): void {
    this.#over = true;
    this.#upstream?.destroy();
  }

  private response(headers: HeaderMap, endStream: boolean, body: BodySource): void {
    this.#headSeen = true;
    const status = Number(headers.first(':status'));
    // Envoy: only where the request was at its end.
    if (this.#closed)
      headers.set('x-envoy-upstream-service-time', String(Math.floor(performance.now() - this.#sentAt)));
    if (status !== 200 && !(endStream && headers.has('grpc-status'))) {
      this.end(plainHttpEnd(status));
      return;
    }
    if (!endStream) this.events.initialMetadata(headers);
    if (endStream) {
      this.end(toldEnd(HeaderMap.trailers(headers.entries)));
      return;
    }
    readBody(body, {
      data: (bytes, end) => this.data(bytes, end),
      trailers: (trailers) => this.end(toldEnd(trailers)),
      full: () => false,
      keepTrailers: true,
      endWithData: true,
    });
  }

  private data(bytes: Uint8Array, end: boolean): void {
    if (this.#over) return;
    const messages = this.#frames.take(bytes);
    if (!messages) this.end(brokenEnd(GrpcStatus.Internal));
    for (const message of messages ?? []) if (!this.#over) this.events.message(message);
    if (end) this.end(brokenEnd(GrpcStatus.Unknown));
  }

  private failed(failure: UpstreamFailure): void {
    if (this.#headSeen) {
      this.end(cutEnd(failureDetails(failure)));
      return;
    }
    const { text, details } = failureWords(failure);
    this.end(unansweredEnd(text, details));
  }

  private end(end: GrpcEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.events.end(end);
    // Envoy: also what the filter still had to say is called off.
    this.#upstream?.destroy();
  }
}
