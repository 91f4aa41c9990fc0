import { type ClientRequest, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { acceptRequest, type EarlyRefusal, finishResponse } from '../http/connection-manager.js';
import { isGrpcRequest } from '../http/grpc-status.js';
import { HeaderMap } from '../http/header-map.js';
import { HttpStream } from '../http/http-stream.js';
import { type LocalReply, plainReply } from '../http/local-reply.js';
import type { StreamInfo } from '../http/stream-info.js';
import { Trace } from '../http/trace.js';
import type { HostServices } from '../vm/host-services.js';
import type { PluginHandle, PluginRuntime } from '../vm/plugin-runtime.js';
import type { Cluster } from './cluster.js';
import { readHead, wantsUpgrade } from './head.js';
import type { ListenerPlan } from './plan.js';
import { readBody } from './read-body.js';
import { selectRoute } from './routes.js';
import { connectTimeout, failedUpstream, noEndpoint, openUpstream, readUpstreamHead } from './upstream.js';

export interface ExchangeSetting {
  services: HostServices;
  listener: ListenerPlan;
  clusters: ReadonlyMap<string, Cluster>;
  chain: readonly PluginRuntime[];
  worker: string;
  connectionId: number;
  requestId(): string;
}

/** One HTTP/1.1 request of a real client, through the filters to a real upstream and back; bodies stream through. */
export class GatewayExchange {
  readonly #info: StreamInfo;
  readonly #stream: HttpStream;
  readonly #endStream: boolean;
  readonly #refusal: { status: number; body: string } | undefined;
  #upstream: ClientRequest | undefined;
  #upstreamResponse: IncomingMessage | undefined;
  #early: EarlyRefusal | undefined;
  /** What the filters let go before there was a connection to send it on. */
  #unsent: (() => void)[] = [];
  #answered = false;
  /** The client has sent its whole request. */
  #requestReceived: boolean;
  /** The upstream has been sent the whole request. */
  #requestSent = false;

  constructor(
    private readonly message: IncomingMessage,
    private readonly client: ServerResponse,
    private readonly setting: ExchangeSetting,
  ) {
    const { services, listener, worker, connectionId } = setting;
    const head = readHead(message);
    this.#refusal = 'status' in head ? head : undefined;
    const headers = 'status' in head ? HeaderMap.request() : head.headers;
    this.#endStream = 'status' in head || head.endStream;
    this.#requestReceived = this.#endStream;
    this.#info = {
      startWallNs: services.clock.wallNs(),
      startMonotonicNs: services.clock.monotonicNs(),
      protocol: `HTTP/${message.httpVersion}`,
      peer: socketAddress(message.socket.remoteAddress, message.socket.remotePort),
      local: socketAddress(message.socket.localAddress, message.socket.localPort),
      connectionId,
      upstreamAttempts: 0,
      responseFlags: 0,
      requestBytes: 0,
      responseBytes: 0,
      grpc: isGrpcRequest(headers),
      head: message.method === 'HEAD',
      requestHeaders: headers,
      filterState: new Map(),
      objects: new Map(),
      listener: { direction: listener.direction, filterChainName: listener.filterChainName },
      overrides: new Map(),
    };
    const handles = setting.chain
      .map((plugin) => plugin.take(worker))
      .filter((handle): handle is PluginHandle | 'closed' => handle !== 'open');
    this.#stream = new HttpStream(
      {
        selectRoute: (request) => selectRoute(listener, request),
        upstream: {
          headers: (request, end) => this.forward(request, end),
          data: (bytes, end) => this.toUpstream((to) => this.write(to, bytes, end, this.message)),
          trailers: (trailers) =>
            this.toUpstream((to) => {
              this.#requestSent = true;
              to.addTrailers([...trailers.entries]);
              to.end();
            }),
        },
        client: {
          headers: (response, end) => this.respond(response, end),
          data: (bytes, end) => this.toClient(bytes, end),
          trailers: (trailers) => {
            this.client.addTrailers([...trailers.entries]);
            this.client.end();
          },
        },
        reset: () => {
          this.#upstream?.destroy();
          this.client.destroy();
        },
      },
      this.#info,
      new Trace(false),
      services.clock,
      handles,
      listener.bufferLimitBytes,
    );
    client.once('close', () => this.guard(() => this.end()));
  }

  run(): void {
    this.guard(() => this.accept());
  }

  /** Whatever goes wrong in one exchange cuts that one's connection, is logged, and leaves the others alone. */
  private guard(action: () => void): void {
    try {
      action();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      this.setting.services.log.write({ level: 'critical', message, plugin: '', thread: this.setting.worker });
      this.#upstream?.destroy();
      this.client.destroy();
    }
  }

  private accept(): void {
    const { listener, requestId } = this.setting;
    if (this.#refusal) {
      this.#stream.localReply(plainReply(this.#refusal.status, 'http1.codec_error', this.#refusal.body));
      return;
    }
    if (wantsUpgrade(this.message)) {
      this.#stream.localReply(plainReply(403, 'upgrade_failed'));
      return;
    }
    const headers = this.#info.requestHeaders;
    const refusal = acceptRequest(headers, this.#info.peer, listener.connection, requestId);
    this.#early = refusal;
    if (refusal)
      this.#stream.localReply(
        plainReply(refusal.status, refusal.details, refusal.status === 431 ? STATUS_CODES[431] : ''),
      );
    else this.#stream.start(headers, this.#endStream);
    if (this.#endStream || refusal) return;
    readBody(this.message, {
      data: (bytes, end) => {
        this.#requestReceived ||= end;
        this.guard(() => this.#stream.requestData(bytes, end));
      },
      trailers: (trailers) => {
        this.#requestReceived = true;
        this.guard(() => this.#stream.requestTrailers(trailers));
      },
      full: () => this.#stream.request.full,
      keepTrailers: listener.trailers,
    });
  }

  private forward(headers: HeaderMap, end: boolean): void {
    const route = this.#info.route;
    if (!route) {
      this.#info.responseFlags |= 1 << 8;
      this.#stream.localReply(plainReply(404, 'route_not_found'));
      return;
    }
    const missing = [':method'].find((name) => !headers.has(name));
    if (missing) {
      this.#stream.localReply(plainReply(503, 'missing_required_header', `missing required header: ${missing}`));
      return;
    }
    this.#info.upstreamAttempts = 1;
    for (const name of this.setting.listener.requestHeadersToRemove) headers.remove(name);
    this.connect(this.setting.clusters.get(route.clusterName) as Cluster, headers, end);
  }

  private connect(cluster: Cluster, headers: HeaderMap, end: boolean): void {
    const endpoint = cluster.pick();
    if (!endpoint) {
      this.reply(noEndpoint(this.#info));
      return;
    }
    if (this.#stream.over || this.#stream.responseStarted) return;
    this.#info.upstream = { address: socketAddress(endpoint.address, endpoint.port) };
    const sentAtNs = this.setting.services.clock.monotonicNs();
    const request = openUpstream(cluster, endpoint, headers, end);
    this.#upstream = request;
    request.once('socket', (socket) => {
      const connected = () => {
        request.setTimeout(0);
        if (this.#info.upstream)
          this.#info.upstream.localAddress = socketAddress(socket.localAddress, socket.localPort);
      };
      if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    request.once('timeout', () => {
      this.reply(connectTimeout(this.#info));
      request.destroy();
    });
    request.once('response', (response) => this.guard(() => this.receive(response, sentAtNs)));
    request.on('error', (error: NodeJS.ErrnoException) =>
      this.guard(() => {
        // A kept connection that the upstream had just closed: nothing was sent twice, nothing was answered.
        const stale = request.reusedSocket && error.code === 'ECONNRESET' && end && !this.#upstreamResponse;
        if (stale && !this.#stream.over) this.connect(cluster, headers, end);
        else if (this.#upstreamResponse)
          this.#stream.reset('upstream_reset_after_response_started{connection_termination}');
        else this.reply(failedUpstream(error, this.#info));
      }),
    );
    this.#requestSent = end;
    if (end) request.end();
    else request.flushHeaders();
    for (const write of this.#unsent.splice(0)) write();
  }

  private toUpstream(write: (to: ClientRequest) => void): void {
    const { over, localReplyDetails } = this.#stream;
    if (over || localReplyDetails) return;
    if (this.#upstream) write(this.#upstream);
    else this.#unsent.push(() => this.#upstream && write(this.#upstream));
  }

  /** Writes a piece; while the other side does not take it, nothing more is read from where it came. */
  private write(
    to: ClientRequest | ServerResponse,
    bytes: Uint8Array,
    end: boolean,
    from: IncomingMessage | undefined,
  ): void {
    if (bytes.length > 0 && !to.write(bytes) && !end) {
      from?.pause();
      to.once('drain', () => from?.resume());
    }
    if (!end) return;
    if (to === this.#upstream) this.#requestSent = true;
    to.end();
  }

  private reply(reply: LocalReply): void {
    this.#stream.localReply(reply);
  }

  private receive(response: IncomingMessage, sentAtNs: bigint): void {
    this.#upstreamResponse = response;
    const latencyNs = this.setting.services.clock.monotonicNs() - sentAtNs;
    this.#info.backendLatencyNs = latencyNs;
    const { headers, endStream } = readUpstreamHead(response, this.#info.head);
    // Envoy: an answer to a request that is still on its way has no time.
    if (this.#requestSent) headers.set('x-envoy-upstream-service-time', String(latencyNs / 1_000_000n));
    const cut = () =>
      this.guard(() => this.#stream.reset('upstream_reset_after_response_started{connection_termination}'));
    response.once('error', cut);
    response.once('aborted', cut);
    this.#stream.upstreamResponse(headers, endStream);
    if (endStream) {
      response.resume();
      return;
    }
    readBody(response, {
      data: (bytes, end) => this.guard(() => this.#stream.upstreamData(bytes, end)),
      trailers: (trailers) => this.guard(() => this.#stream.upstreamTrailers(trailers)),
      full: () => this.#stream.response.full,
      keepTrailers: this.setting.listener.trailers,
    });
  }

  private respond(headers: HeaderMap, end: boolean): void {
    const { listener, services } = this.setting;
    const local = this.#stream.localReplyDetails;
    finishResponse(headers, listener.connection, services.clock);
    const status = Number(headers.first(':status'));
    // `trailer` announces what HTTP/1 clients of Envoy never get; node refuses it beside a length.
    const raw = headers.entries
      .filter(([name]) => !name.startsWith(':') && (name !== 'trailer' || !headers.has('content-length')))
      .flat();
    if (this.mustClose(local)) raw.push('connection', 'close');
    if (!headers.has('content-length')) raw.push(...this.framing(status, end));
    if (!(status >= 100 && status <= 999)) {
      // node cannot write what Envoy would (a status of 0 or 99); the client sees a cut connection instead.
      this.client.destroy();
      return;
    }
    this.client.sendDate = false;
    for (const name of ['connection', 'content-length', 'transfer-encoding']) this.client.removeHeader(name);
    this.client.writeHead(status, STATUS_CODES[status] ?? 'Unknown', raw);
    this.#answered = true;
    if (end) this.endClient();
    else this.client.flushHeaders();
  }

  private toClient(bytes: Uint8Array, end: boolean): void {
    if (!this.#answered || this.client.writableEnded) return;
    if (this.#info.head) {
      if (end) this.endClient();
      return;
    }
    this.write(this.client, bytes, false, this.#upstreamResponse);
    if (end) this.endClient();
  }

  private endClient(): void {
    this.client.end();
    if (!this.#stream.localReplyDetails) return;
    this.#upstream?.destroy();
    // What the client still sends is read and dropped, so that it gets to read the answer.
    this.message.resume();
  }

  /** Envoy ends the connection after a refusal of the head, after 400, and when it answers a request that is not all read. */
  private mustClose(local: LocalReply | undefined): boolean {
    const asked = (this.message.headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .some((token) => token.trim() === 'close');
    if (asked || this.#refusal) return true;
    if (!this.#requestReceived) return true;
    return local?.status === 400 || this.#early?.status === 431 || local?.details === 'upgrade_failed';
  }

  /** How the codec marks the end of a body without content-length. */
  private framing(status: number, end: boolean): string[] {
    if (status === 204 || status === 304 || status < 200) return [];
    return end && !this.#info.head ? ['content-length', '0'] : ['transfer-encoding', 'chunked'];
  }

  private end(): void {
    if (!this.client.writableFinished) this.#upstream?.destroy();
    this.#stream.end();
  }
}

export function socketAddress(address: string | undefined, port: number | undefined): string {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
  return plain.includes(':') ? `[${plain}]:${port ?? 0}` : `${plain}:${port ?? 0}`;
}
