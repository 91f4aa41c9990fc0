import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { lower } from '../../bytes.js';
import type { HeaderMap } from '../../http/header-map.js';
import { writeChunk } from '../chunk.js';
import type { Downstream } from './downstream.js';
import { readHead, upgradeOf } from './head.js';

export class Http1Downstream implements Downstream {
  readonly protocol: Downstream['protocol'];
  readonly socket: Socket;
  readonly head: Downstream['head'];
  readonly upgrade: string | undefined;
  readonly endWithData = false;
  #answered = false;

  constructor(
    readonly body: IncomingMessage,
    private readonly response: ServerResponse,
    readonly trailers: boolean,
  ) {
    this.protocol = body.httpVersion === '1.0' ? 'HTTP/1.0' : 'HTTP/1.1';
    this.socket = body.socket;
    this.head = readHead(body);
    this.upgrade = upgradeOf(body);
  }

  respond(headers: HeaderMap, end: boolean, close: boolean): void {
    const status = Number(headers.first(':status'));
    if (!(status >= 100 && status <= 999)) {
      // node cannot write what Envoy would (a status of 0 or 99); the client sees a cut connection instead.
      this.destroy();
      return;
    }
    const { response } = this;
    const asked = lower(this.body.headers.connection ?? '')
      .split(',')
      .some((token) => token.trim() === 'close');
    // In the map, as in Envoy: proxy_on_log sees it.
    if (asked || close) headers.set('connection', 'close');
    // `trailer` announces what HTTP/1 clients of Envoy never get; node refuses it beside a length.
    const raw = headers.entries
      .filter(([name]) => !name.startsWith(':') && (name !== 'trailer' || !headers.has('content-length')))
      .flat();
    if (!headers.has('content-length')) raw.push(...this.framing(status, end));
    response.sendDate = false;
    for (const name of ['connection', 'content-length', 'transfer-encoding']) response.removeHeader(name);
    response.writeHead(status, STATUS_CODES[status] ?? 'Unknown', raw);
    this.#answered = true;
    if (!end) response.flushHeaders();
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#answered || this.response.writableEnded || this.isHead) return true;
    // Envoy writes what a filter gave to a status that has no body; node would drop it.
    if (hasNoBody(this.response.statusCode)) return this.socket.write(bytes);
    return writeChunk(this.response, bytes);
  }

  end(trailers?: HeaderMap): void {
    if (trailers) this.response.addTrailers([...trailers.entries]);
    this.response.end();
  }

  onceDrained(action: () => void): void {
    this.response.once('drain', action);
  }

  destroy(): void {
    this.response.destroy();
  }

  onceClosed(action: (complete: boolean) => void): void {
    this.response.once('close', () => action(this.response.writableFinished));
  }

  drop(): void {
    this.body.resume();
  }

  private get isHead(): boolean {
    return this.body.method === 'HEAD';
  }

  /** How the codec marks the end of a body without content-length. */
  private framing(status: number, end: boolean): string[] {
    if (hasNoBody(status)) return [];
    return end && !this.isHead ? ['content-length', '0'] : ['transfer-encoding', 'chunked'];
  }
}

const hasNoBody = (status: number): boolean => status === 204 || status === 304 || status < 200;
