import type { Clock } from '../clock.js';
import type { PluginHandle } from '../vm/plugin-runtime.js';
import { FilterStream } from './filter-stream.js';
import type { HeaderMap } from './header-map.js';
import { type LocalReply, renderLocalReply } from './local-reply.js';
import type { StreamInfo } from './stream-info.js';
import type { Trace } from './trace.js';

/** What stands before and behind the filters: the client's connection and the router. */
export interface StreamEnds {
  /** The route's choice, made again whenever a filter changed the request. */
  selectRoute(headers: HeaderMap): StreamInfo['route'];
  /** All filters let the request's head go on. */
  forward(headers: HeaderMap): void;
  /** The head goes to the client; `body` is a local reply's, undefined says that the upstream's follows. */
  respond(headers: HeaderMap, body: string | undefined): void;
  /** The head has gone on, the body never will: see continueRequest. */
  holdBody(side: 'request' | 'response'): void;
  /** The client's stream is cut. */
  reset(): void;
}

/** One request on its way through the filters and back: Envoy's filter manager. */
export class HttpStream {
  readonly filters: FilterStream[];
  responseStarted = false;
  localReplyDetails: LocalReply | undefined;
  #requestHeaders!: HeaderMap;
  #requestEnd = false;
  /** Filters that stopped the request or response; an index each. */
  #requestPausedAt = -1;
  #responsePausedAt = -1;
  /** The filter whose header callback is running; -1 when none. */
  #requestCalling = -1;
  #responseCalling = -1;
  /** That filter has been continued before its callback returned. */
  #continued = false;
  #responseBody: string | undefined;
  #responseEnd = false;
  #responseSent = false;
  #over = false;
  #logged = false;

  constructor(
    private readonly ends: StreamEnds,
    readonly info: StreamInfo,
    readonly trace: Trace,
    private readonly clock: Clock,
    handles: readonly (PluginHandle | 'closed')[],
  ) {
    this.filters = handles.map((handle, index) => new FilterStream(this, index, handle));
  }

  /** True while some filter holds the request or response back. */
  get paused(): boolean {
    return !this.#over && (this.#requestPausedAt >= 0 || this.#responsePausedAt >= 0);
  }

  get over(): boolean {
    return this.#over;
  }

  start(headers: HeaderMap, endStream: boolean): void {
    this.#requestHeaders = headers;
    this.#requestEnd = endStream;
    this.clearRouteCache();
    this.decodeFrom(0);
  }

  clearRouteCache(): void {
    this.info.route = this.ends.selectRoute(this.info.requestHeaders);
  }

  /** The upstream's head; called by whoever forwarded the request. */
  upstreamResponse(headers: HeaderMap, endStream: boolean): void {
    if (this.#over || this.responseStarted) return;
    this.info.responseCodeDetails = 'via_upstream';
    this.beginResponse(headers, undefined, endStream);
  }

  localReply(reply: LocalReply): void {
    if (this.#over) return;
    if (this.#responseSent) {
      this.reset(undefined);
      return;
    }
    this.trace.write(`local reply ${reply.status} ${reply.details}`);
    this.localReplyDetails = reply;
    this.info.responseCodeDetails = reply.details;
    const { headers, body } = renderLocalReply(reply, this.info);
    if (this.responseStarted) this.respondDirectly(headers, body);
    else this.beginResponse(headers, body, body === '');
  }

  reset(details: string | undefined): void {
    if (this.#over) return;
    this.trace.write(`stream reset ${details ?? ''}`.trimEnd());
    if (details) this.info.responseCodeDetails = details;
    this.#over = true;
    this.ends.reset();
  }

  /** Once the exchange is over, whatever its end: the access log and the contexts' end. */
  end(): void {
    if (this.#logged) return;
    this.#logged = true;
    this.#over = true;
    this.info.endMonotonicNs = this.clock.monotonicNs();
    for (const filter of this.filters) filter.onEnd();
  }

  continueRequest(index: number): void {
    if (this.#over || this.responseStarted) return;
    if (this.#requestCalling === index) {
      // Envoy: the rest of the chain runs now, inside the callback; if the callback then answers Stop, the body stays
      // behind for ever. Filters that want to go on answer Continue.
      this.decodeFrom(index + 1);
      this.#continued = true;
    } else if (this.#requestPausedAt === index) {
      this.#requestPausedAt = -1;
      this.decodeFrom(index + 1);
    }
  }

  continueResponse(index: number): void {
    if (this.#over) return;
    if (this.#responseCalling === index) {
      this.encodeFrom(index - 1);
      this.#continued = true;
    } else if (this.#responsePausedAt === index) {
      this.#responsePausedAt = -1;
      this.encodeFrom(index - 1);
    }
  }

  private decodeFrom(first: number): void {
    for (let index = first; index < this.filters.length; index++) {
      this.#requestCalling = index;
      this.#continued = false;
      const verdict = (this.filters[index] as FilterStream).onRequestHeaders(this.#requestHeaders, this.#requestEnd);
      this.#requestCalling = -1;
      if (this.#over || this.responseStarted) return;
      if (this.#continued) {
        if (verdict === 'stop' && !this.#requestEnd) this.ends.holdBody('request');
        return;
      }
      if (verdict === 'stop') {
        this.#requestPausedAt = index;
        return;
      }
    }
    this.trace.write('request goes upstream');
    this.ends.forward(this.#requestHeaders);
  }

  private beginResponse(headers: HeaderMap, body: string | undefined, endStream: boolean): void {
    this.responseStarted = true;
    this.#requestPausedAt = -1;
    this.#responseBody = body;
    this.#responseEnd = endStream;
    this.info.responseHeaders = headers;
    this.info.responseCode = Number(headers.first(':status'));
    this.encodeFrom(this.filters.length - 1);
  }

  /** The response passes the filters in the opposite order. */
  private encodeFrom(first: number): void {
    const headers = this.info.responseHeaders as HeaderMap;
    for (let index = first; index >= 0; index--) {
      this.#responseCalling = index;
      this.#continued = false;
      const verdict = (this.filters[index] as FilterStream).onResponseHeaders(headers, this.#responseEnd);
      this.#responseCalling = -1;
      if (this.#continued && verdict === 'stop' && !this.#responseEnd) this.ends.holdBody('response');
      if (this.#continued || this.#over || this.#responseSent) return;
      if (verdict === 'stop') {
        this.#responsePausedAt = index;
        return;
      }
    }
    this.send(headers, this.#responseBody);
  }

  /** Envoy: a reply made in a response callback goes to the client past all filters. */
  private respondDirectly(headers: HeaderMap, body: string): void {
    this.#responsePausedAt = -1;
    this.info.responseHeaders = headers;
    this.send(headers, body);
  }

  private send(headers: HeaderMap, body: string | undefined): void {
    this.#responseSent = true;
    this.info.responseCode = Number(headers.first(':status'));
    if (body !== undefined) this.info.responseBytes = body.length;
    this.trace.write(`response ${headers.first(':status') ?? ''} goes to the client`);
    this.ends.respond(headers, body);
  }
}
