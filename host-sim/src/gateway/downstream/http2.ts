import { constants, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { HeaderMap } from '../../http/header-map.js';
import type { BodySource } from '../body-source.js';
import { fieldsOf, pairsOf } from '../http2-fields.js';
import type { Downstream } from './downstream.js';

/** A connection is shared by its streams, so what ends one never ends the connection. */
export class Http2Downstream implements Downstream {
  readonly protocol = 'HTTP/2';
  readonly socket: Socket;
  readonly head: Downstream['head'];
  readonly upgrade = undefined;
  readonly trailers = true;
  readonly endWithData = true;
  readonly body: BodySource;
  readonly #stream: ServerHttp2Stream;
  #ended = false;

  constructor(
    request: Http2ServerRequest,
    private readonly response: Http2ServerResponse,
  ) {
    this.#stream = request.stream;
    this.socket = request.socket as Socket;
    this.body = request as unknown as BodySource;
    const endStream = request.stream.readableEnded || request.stream.endAfterHeaders;
    this.head = { headers: readFields(request.rawHeaders), endStream };
    this.#stream.on('error', () => {});
  }

  respond(headers: HeaderMap, end: boolean): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    this.#ended = end;
    stream.respond(fieldsOf(headers), { endStream: end, waitForTrailers: !end, sendDate: false } as object);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ended || this.#stream.destroyed) return true;
    return this.#stream.write(bytes);
  }

  end(trailers?: HeaderMap): void {
    // Node's own object sends them when the body has ended.
    if (trailers && !this.#ended) this.response.addTrailers(fieldsOf(trailers) as Record<string, string>);
    if (!this.#ended) this.#stream.end();
    this.#ended = true;
  }

  onceDrained(action: () => void): void {
    this.#stream.once('drain', action);
  }

  destroy(): void {
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  onceClosed(action: (complete: boolean) => void): void {
    this.#stream.once('close', () => action(this.#ended && this.#stream.rstCode === constants.NGHTTP2_NO_ERROR));
  }

  /** Envoy: a stream is over with its answer, and what the client still sends of it is not waited for (RFC 9113 §8.1). */
  drop(): void {
    this.#stream.resume();
    this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }
}

/** Envoy: crumbs of a cookie are one header again, behind all others, also where there is one crumb. */
function readFields(raw: readonly string[]): HeaderMap {
  const headers = HeaderMap.request();
  const crumbs: string[] = [];
  for (const [name, value] of pairsOf(raw)) {
    if (name === 'cookie') crumbs.push(value);
    else headers.add(name, value);
  }
  if (crumbs.length > 0) headers.add('cookie', crumbs.join('; '));
  return headers;
}
