import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { listen } from './listen.js';
import { event } from './wait.js';

export interface SeenRequest {
  method: string;
  path: string;
  headers: [name: string, value: string][];
  /** Grows while it comes in. Characters are bytes (latin1). */
  body: string;
  /** Where there were some. */
  trailers?: [name: string, value: string][];
}

/** What an application answers. */
export interface ApplicationAnswer {
  status: number;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
  trailers?: readonly (readonly [name: string, value: string])[] | undefined;
  /** It breaks off behind the body. */
  reset?: boolean;
  /** No answer at all: the connection is cut. */
  cut?: boolean;
  /** No answer until `release`. */
  hold?: boolean;
}

export interface Application {
  port: number;
  /** What reached it, oldest first; not what it cut, since a proxy that finds a kept connection cut may ask once more. */
  seen: SeenRequest[];
  /** Resolves when that many requests have arrived since it was started. */
  arrived(count: number): Promise<void>;
  /** From now on it answers so, whatever it is asked; undefined: as the path says. */
  answerWith(answer: ApplicationAnswer | undefined): void;
  /** Answers what waits: requests with `x-hold`, and those that came while the answer was `hold`. */
  release(): void;
  close(): Promise<void>;
}

/**
 * An application behind the proxies: answers 200 and remembers what it was asked. The path may ask for another answer:
 * `/status/503`, `/grpc-status/14` (in the head, without a body), `/cut` (none at all).
 */
export async function startApplication(
  port = 0,
  protocol: 'http1' | 'http2' = 'http1',
  onRequest: (request: SeenRequest) => void = () => {},
): Promise<Application> {
  const seen: SeenRequest[] = [];
  const arrivals = new EventEmitter();
  let held: (() => void)[] = [];
  let scripted: ApplicationAnswer | undefined;
  const serve = (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => {
    const wanted = scripted ?? answerTo(request.url ?? '');
    if (wanted.cut) {
      breakOff(response);
      return;
    }
    const entry: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: pairs(request),
      body: '',
    };
    seen.push(entry);
    onRequest(entry);
    request.on('data', (chunk: Buffer) => {
      entry.body += chunk.toString('latin1');
    });
    const holds = wanted.hold || request.headers['x-hold'] !== undefined;
    if (holds) held.push(() => answer(response, wanted));
    else request.once('end', () => answer(response, wanted));
    request.once('end', () => {
      if (request.rawTrailers.length > 0) entry.trailers = pairsOf(request.rawTrailers);
    });
    arrivals.emit('request');
  };
  const sessions = new Set<{ destroy(): void }>();
  const server =
    protocol === 'http2'
      ? createHttp2Server(serve).on('session', (session) => sessions.add(session))
      : // Takes whatever head Envoy lets through.
        createServer({ maxHeaderSize: 128 * 1024 }, serve);
  return {
    port: await listen(server, port),
    seen,
    arrived: async (count) => {
      while (seen.length < count) await event(`request ${count} to reach the application`, arrivals, 'request');
    },
    answerWith: (wanted) => {
      scripted = wanted;
    },
    release: () => {
      for (const answerOne of held) answerOne();
      held = [];
    },
    close: async () => {
      server.close();
      for (const session of sessions) session.destroy();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await event('the application to close', server, 'close');
    },
  };
}

function answerTo(path: string): ApplicationAnswer {
  const [, wish, value = ''] = /^\/(status|grpc-status|cut)(?:\/(\d+))?(?:\?|$)/.exec(path) ?? [];
  if (wish === 'grpc-status') {
    const headers = Object.entries({ 'content-type': 'application/grpc', 'grpc-status': value, 'content-length': '0' });
    return { status: 200, headers, body: '' };
  }
  return {
    status: wish === 'status' ? Number(value) : 200,
    headers: Object.entries({ 'content-type': 'text/plain', 'x-application': 'vendors' }),
    body: 'hello from the application\n',
    cut: wish === 'cut',
  };
}

function answer(response: ServerResponse | Http2ServerResponse, wanted: ApplicationAnswer): void {
  const { status, headers, body, trailers, reset } = wanted;
  if ('stream' in response) response.writeHead(status, grouped(headers));
  else response.writeHead(status, headers.flat());
  if (trailers && 'stream' in response) response.addTrailers(grouped(trailers));
  // What was written goes out first.
  if (reset) (response as ServerResponse).write(body, 'latin1', () => breakOff(response));
  else (response as ServerResponse).end(body, 'latin1');
}

function breakOff(response: ServerResponse | Http2ServerResponse): void {
  if ('stream' in response) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.destroy();
}

function grouped(headers: ApplicationAnswer['headers']): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of headers) fields[name] = [...(fields[name] ?? []), value];
  return fields;
}

const pairs = ({ rawHeaders }: IncomingMessage | Http2ServerRequest): [string, string][] =>
  pairsOf(rawHeaders).filter(([name]) => !name.startsWith(':'));

function pairsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    (raw[index * 2] ?? '').toLowerCase(),
    raw[index * 2 + 1] ?? '',
  ]);
}
