import { BODY_BUFFER_BYTES_MAX } from '../limits.js';
import type { Clock } from '../process/clock.js';
import type { PluginHandle } from '../vm/plugin-runtime.js';
import type { ChainFilter, NativeFilter } from './chain-filter.js';
import { FilterStream } from './filter-stream.js';
import type { HeaderMap } from './header-map.js';
import { type LocalReply, plainReply, renderLocalReply } from './local-reply.js';
import { Pass, type PassEnd } from './pass.js';
import type { StreamInfo } from './stream-info.js';
import type { Trace } from './trace.js';

type Sink = Omit<PassEnd, 'tooLarge'>;

/** What stands before and behind the filters: the client's connection and the router. */
export interface StreamEnds {
  /** The route's choice, made again whenever a filter changed the request. */
  selectRoute(headers: HeaderMap): StreamInfo['route'];
  /** Where the request goes when all filters let it: upstream. */
  upstream: Sink;
  /** Where the response goes: to the client. */
  client: Sink;
  /** What the route does to the head of a local reply. */
  finishReply?(headers: HeaderMap): void;
  /** The client's stream is cut. */
  reset(): void;
}

/** One request on its way through the filters and back: Envoy's filter manager. */
export class HttpStream {
  readonly filters: readonly ChainFilter[];
  readonly request: Pass;
  readonly response: Pass;
  responseStarted = false;
  localReplyDetails: LocalReply | undefined;
  #responseSent = false;
  #over = false;
  #logged = false;

  constructor(
    private readonly ends: StreamEnds,
    readonly info: StreamInfo,
    readonly trace: Trace,
    private readonly clock: Clock,
    links: readonly (PluginHandle | 'closed' | NativeFilter)[],
    bufferLimitBytes = BODY_BUFFER_BYTES_MAX,
  ) {
    this.filters = links.map((link, index) =>
      typeof link === 'function' ? link(this, index) : new FilterStream(this, index, link),
    );
    this.request = new Pass(
      this.filters.map((filter) => filter.request),
      {
        ...ends.upstream,
        headers: (headers, end) => {
          this.trace.host('request goes upstream');
          ends.upstream.headers(headers, end);
        },
        tooLarge: () => this.localReply(plainReply(413, 'request_payload_too_large', 'Payload Too Large')),
      },
      bufferLimitBytes,
    );
    this.response = new Pass(
      // The response passes the filters in the opposite order.
      this.filters.map((filter) => filter.response).reverse(),
      {
        headers: (headers, end) => this.send(headers, end),
        data: (bytes, end) => this.sendData(bytes, end),
        trailers: ends.client.trailers,
        tooLarge: () => this.localReply(plainReply(500, 'response_payload_too_large', 'Internal Server Error')),
      },
      bufferLimitBytes,
    );
  }

  /** True while some filter holds the request or response back. */
  get paused(): boolean {
    return !this.#over && (this.responseStarted ? this.response.paused : this.request.paused);
  }

  get over(): boolean {
    return this.#over;
  }

  start(headers: HeaderMap, endStream: boolean): void {
    this.clearRouteCache();
    this.request.headers(headers, endStream);
  }

  requestData(bytes: Uint8Array, end: boolean): void {
    this.info.requestBytes += bytes.length;
    this.request.data(bytes, end);
  }

  requestTrailers(trailers: HeaderMap): void {
    this.request.trailers(trailers);
  }

  clearRouteCache(): void {
    this.info.route = this.ends.selectRoute(this.info.requestHeaders);
  }

  /** The upstream's head; called by whoever forwarded the request. */
  upstreamResponse(headers: HeaderMap, endStream: boolean): void {
    if (this.#over || this.responseStarted) return;
    this.info.responseCodeDetails = 'via_upstream';
    this.beginResponse(headers, endStream);
  }

  upstreamData(bytes: Uint8Array, end: boolean): void {
    if (!this.#over && !this.localReplyDetails) this.response.data(bytes, end);
  }

  upstreamTrailers(trailers: HeaderMap): void {
    if (this.#over || this.localReplyDetails) return;
    this.info.responseTrailers = trailers;
    this.response.trailers(trailers);
  }

  localReply(reply: LocalReply): void {
    if (this.#over) return;
    if (this.#responseSent) {
      this.reset(undefined);
      return;
    }
    this.trace.host(`local reply ${reply.status} ${reply.details}`);
    this.localReplyDetails = reply;
    this.info.responseCodeDetails = reply.details;
    const { headers, body } = renderLocalReply(reply, this.info, this.ends.finishReply);
    const bytes = Buffer.from(body, 'latin1');
    if (this.responseStarted) {
      this.respondDirectly(headers, bytes);
      return;
    }
    this.beginResponse(headers, bytes.length === 0);
    if (bytes.length > 0) this.response.data(bytes, true);
  }

  /** A filter's own answer, a head without a body that goes to every client as it is. */
  answer(headers: HeaderMap, details: string): void {
    this.trace.host(`local reply ${headers.first(':status') ?? ''} ${details}`);
    this.localReplyDetails = plainReply(Number(headers.first(':status')), details);
    this.info.responseCodeDetails = details;
    this.beginResponse(headers, true);
  }

  reset(details: string | undefined): void {
    if (this.#over) return;
    this.trace.host(`stream reset ${details ?? ''}`.trimEnd());
    if (details) this.info.responseCodeDetails = details;
    this.close();
    this.ends.reset();
  }

  /** Once the exchange is over, whatever its end: the access log and the contexts' end. */
  end(): void {
    if (this.#logged) return;
    this.#logged = true;
    this.close();
    this.info.endMonotonicNs = this.clock.monotonicNs();
    for (const filter of this.filters) filter.onEnd();
  }

  private close(): void {
    this.#over = true;
    this.request.closed = true;
    this.response.closed = true;
  }

  private beginResponse(headers: HeaderMap, end: boolean): void {
    this.responseStarted = true;
    // Envoy: a request that is answered goes no further; one that the upstream answers early still does.
    if (this.localReplyDetails) this.request.closed = true;
    this.info.responseHeaders = headers;
    this.info.responseCode = Number(headers.first(':status'));
    this.response.headers(headers, end);
  }

  /** Envoy: a reply made in a response callback goes to the client past all filters. */
  private respondDirectly(headers: HeaderMap, body: Uint8Array): void {
    this.request.closed = true;
    this.response.closed = true;
    this.info.responseHeaders = headers;
    this.send(headers, body.length === 0);
    if (body.length > 0) this.sendData(body, true);
  }

  private send(headers: HeaderMap, end: boolean): void {
    this.#responseSent = true;
    this.info.responseCode = Number(headers.first(':status'));
    this.trace.host(`response ${headers.first(':status') ?? ''} goes to the client`);
    this.ends.client.headers(headers, end);
  }

  private sendData(bytes: Uint8Array, end: boolean): void {
    this.info.responseBytes += bytes.length;
    this.ends.client.data(bytes, end);
  }
}
