import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { listen } from '../../../tests/support/listen.js';
import { event, within } from '../../../tests/support/wait.js';

/** `a=1,b=2`. */
const fields = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  );

const frame = (text: string): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text, 'latin1')]);
};

const printable = (bytes: Buffer): string =>
  [...bytes]
    .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`))
    .join('');

/** A gRPC server (HTTP/2 without TLS) that says what it is told: headers, messages, trailers, resets. */
export class GrpcServer {
  /** A line an event: `1 headers …`, `1 data …`, `1 end`, `1 reset 8`. */
  seen = '';
  readonly #server = createServer();
  readonly #sessions = new Set<ServerHttp2Session>();
  #stream: ServerHttp2Stream | undefined;
  #trailers: Record<string, string> = {};
  #streams = 0;
  #changed: (() => void)[] = [];

  static async start(): Promise<GrpcServer> {
    const server = new GrpcServer();
    server.#server.on('session', (session) => {
      server.#sessions.add(session);
      session.on('error', () => {});
    });
    server.#server.on('stream', (stream, headers) => server.accept(stream, headers));
    await listen(server.#server);
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  forget(): void {
    this.seen = '';
    this.#streams = 0;
  }

  /**
   * On the newest stream: `headers a=1` · `message text` · `data %00…` · `trailers grpc-status=0` · `only grpc-status=5`
   * (an answer of trailers alone) · `http 503` · `reset 2`.
   */
  say(what: string): void {
    const [verb = '', rest = ''] = what.split(/ (.*)/s);
    const stream = this.#stream;
    // Nobody is there any more: what was to be said is not heard.
    if (!stream || stream.destroyed || stream.closed) return;
    const answer = (headers: Record<string, string>, end: boolean) =>
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', ...headers },
        { endStream: end, waitForTrailers: !end },
      );
    if (verb === 'headers') answer(fields(rest), false);
    else if (verb === 'message') stream.write(frame(rest));
    else if (verb === 'data') stream.write(Buffer.from(decodeURIComponent(rest), 'latin1'));
    else if (verb === 'only') answer(fields(rest), true);
    else if (verb === 'http') answer({ ':status': rest, 'content-type': 'text/plain' }, true);
    else if (verb === 'reset') stream.close(Number(rest));
    else if (verb === 'end') {
      stream.on('wantTrailers', () => stream.close());
      stream.end();
    } else if (verb === 'trailers') {
      this.#trailers = fields(rest);
      stream.on('wantTrailers', () => stream.sendTrailers(this.#trailers));
      stream.end();
    }
  }

  /** The next time that something comes. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  /** What was said so far has reached the other side. */
  async heard(): Promise<void> {
    const session = this.#stream?.session;
    if (!session) return;
    await within('the answer to a ping', new Promise<void>((resolve) => session.ping(() => resolve())));
  }

  hangUp(): void {
    for (const session of this.#sessions) session.destroy();
    this.#sessions.clear();
  }

  async close(): Promise<void> {
    this.hangUp();
    this.#server.close();
    await event('the gRPC server to close', this.#server, 'close');
  }

  private accept(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const id = ++this.#streams;
    this.#stream = stream;
    const list = Object.entries(headers).map(([name, value]) => `${name}=${value}`);
    this.note(`${id} headers ${list.join(' ')}`);
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => this.note(`${id} data ${printable(chunk)}`));
    stream.on('end', () => this.note(`${id} end`));
    stream.on('aborted', () => this.note(`${id} reset ${stream.rstCode}`));
  }

  private note(line: string): void {
    this.seen += `${line}\n`;
    for (const wake of this.#changed.splice(0)) wake();
  }
}
