import {
  createServer as createHttp1,
  type Server as Http1Server,
  type IncomingMessage,
  ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createHttp2, type Http2Server } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { PIPELINED_MAX, REQUEST_HEADER_BYTES_MAX, REQUEST_HEADERS_MAX } from '../../limits.js';
import type { Clock } from '../../process/clock.js';
import { bind, type ListenerServer } from '../bind.js';
import type { ListenerPlan, TcpListenerPlan } from '../plan/plan.js';
import type { Downstream } from './downstream.js';
import { upgradeOf } from './head.js';
import { Http1Downstream } from './http1.js';
import { Http2Downstream } from './http2.js';
import { peek } from './peek.js';
import { ofTls } from './tls.js';
import { UpgradeDownstream } from './upgrade.js';

type Serve = (client: Downstream, connectionId: number) => void;

/** What Envoy's codec of HTTP/2 takes; without one there may be a host. */
const isAuthority = (text: string | undefined) => text === undefined || /^[\w\-.~!$&'()*+,;=:[\]%]+$/.test(text);

/** What an HTTP/2 connection begins with. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Listens where the plan says; the first bytes of a connection say which HTTP it speaks. */
export function listenOn(
  listener: ListenerPlan,
  clock: Clock,
  nextId: () => number,
  serve: Serve,
  passOn: (client: Socket, to: TcpListenerPlan) => void,
): Promise<ListenerServer> {
  const ids = new WeakMap<Socket, number>();
  const sockets = new Set<Socket>();
  const idOf = (socket: Socket) => ids.get(socket) ?? 0;
  const http1 = http1Server(listener, clock, idOf, serve);
  const http2 = http2Server(idOf, serve);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    ids.set(socket, nextId());
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (listener.tls) ofTls(socket, listener.tls, passOn, () => takeHttp(socket));
    else takeHttp(socket);
  });
  const takeHttp = (socket: Socket) => {
    if (listener.codec === 'AUTO') tellApart(socket, http1, http2);
    else if (listener.codec === 'HTTP1') http1.emit('connection', socket);
    else endsWhole(socket, http2);
  };
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      // It never listened itself: what it says about that is no news.
      http1.close(() => {});
      for (const socket of sockets) socket.destroy();
    });
  return bind(server, listener).then(({ address, port }) => ({ address, port, close }));
}

/** A connection of HTTP/2 has no half: when the client ends it, its streams are over. */
function endsWhole(socket: Socket, http2: Http2Server): void {
  socket.once('end', () => socket.destroy());
  http2.emit('connection', socket);
}

/** Hands the connection over as soon as its bytes differ from the preface, or are all of it. */
function tellApart(socket: Socket, http1: Http1Server, http2: Http2Server): void {
  peek(socket, (seen) => {
    const size = Math.min(seen.length, PREFACE.length);
    const same = seen.subarray(0, size).equals(PREFACE.subarray(0, size));
    if (same && size < PREFACE.length) return undefined;
    return () => {
      if (same) endsWhole(socket, http2);
      else http1.emit('connection', socket);
      if (!same) socket.resume();
    };
  });
}

function http1Server(
  listener: ListenerPlan,
  clock: Clock,
  idOf: (socket: Socket) => number,
  serve: Serve,
): Http1Server {
  // A head that cannot be read after one that could: the answer to the first is under way, a second one would confuse.
  const answering = new WeakSet<object>();
  const server = createHttp1({
    // A little above Envoy's limit, which is checked on the decoded head.
    maxHeaderSize: REQUEST_HEADER_BYTES_MAX + 1024,
    requireHostHeader: false,
    keepAliveTimeout: 3_600_000,
    headersTimeout: listener.requestHeadersTimeoutMs,
    requestTimeout: 0,
  });
  server.maxHeadersCount = 0;
  const inTurn = turns();
  const request = (message: IncomingMessage, response: ServerResponse, accept = () => {}) => {
    answering.add(message.socket);
    inTurn(message.socket, response, () => {
      accept();
      serve(new Http1Downstream(message, response, listener.trailers), idOf(message.socket));
    });
  };
  server.on('request', (message, response) => request(message, response));
  server.on('checkContinue', (message, response) => request(message, response, () => response.writeContinue()));
  server.on('checkExpectation', (message, response) => request(message, response));
  server.on('connect', (_message, socket) => socket.end(rawReply(listener, clock, 404)));
  if (upgrades(listener)) {
    server.on('upgrade', (message, socket, first) => {
      if (upgradeOf(message) !== undefined) {
        serve(new UpgradeDownstream(message, socket as Socket, first), idOf(socket as Socket));
        return;
      }
      // Not a change that anybody takes up (h2c): a request like others.
      const response = new ServerResponse(message);
      response.assignSocket(socket as Socket);
      response.shouldKeepAlive = false;
      response.once('finish', () => socket.end());
      request(message, response);
    });
  }
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable || answering.has(socket)) socket.end();
    else socket.end(rawReply(listener, clock, clientErrorStatus(error.code ?? '')));
  });
  // It does not listen itself, but from then on it watches over the time that heads take.
  server.emit('listening');
  return server;
}

/**
 * Envoy: of requests that a client sends behind each other, each begins when the one before is answered. Those of a client that
 * is gone never begin.
 */
function turns(): (socket: Socket, response: ServerResponse, begin: () => void) => void {
  const waiting = new WeakMap<Socket, (() => void)[]>();
  return (socket, response, begin) => {
    const start = () => {
      if (socket.destroyed) return;
      begin();
      response.once('close', () => {
        const next = waiting.get(socket)?.shift();
        if (next) next();
        else waiting.delete(socket);
      });
    };
    const before = waiting.get(socket);
    if (!before) {
      waiting.set(socket, []);
      start();
    } else if (before.push(start) > PIPELINED_MAX) socket.destroy();
  };
}

function http2Server(idOf: (socket: Socket) => number, serve: Serve): Http2Server {
  const server = createHttp2({
    maxHeaderListPairs: REQUEST_HEADERS_MAX * 2,
    settings: { maxHeaderListSize: REQUEST_HEADER_BYTES_MAX * 2 },
  });
  const sockets = new WeakMap<object, Socket>();
  server.on('session', (session) => {
    sockets.set(session, session.socket as Socket);
    session.on('error', () => {});
  });
  server.on('request', (request, response) => {
    const { session } = request.stream;
    const socket = session && sockets.get(session);
    // Envoy: it ends the connection.
    if (!isAuthority(request.headers[':authority'])) session?.destroy();
    else serve(new Http2Downstream(request, response), socket ? idOf(socket) : 0);
  });
  server.on('sessionError', () => {});
  return server;
}

function upgrades({ upgrades: anywhere, virtualHosts }: ListenerPlan): boolean {
  const actions = virtualHosts.flatMap(({ routes }) => routes.map(({ action }) => action));
  return anywhere.size > 0 || actions.some((action) => action.kind === 'forward' && action.upgrades.size > 0);
}

/** For heads that node's parser refuses: there is no request to answer. */
function rawReply(listener: ListenerPlan, clock: Clock, status: number): string {
  const reason = STATUS_CODES[status] ?? 'Unknown';
  const body = status === 404 ? '' : reason;
  const content = body === '' ? [] : [`content-length: ${body.length}`, 'content-type: text/plain'];
  const date = new Date(Number(clock.wallNs() / 1_000_000n)).toUTCString();
  const tail = body === '' ? ['content-length: 0'] : [];
  return [
    `HTTP/1.1 ${status} ${reason}`,
    ...content,
    `date: ${date}`,
    `server: ${listener.connection.serverName}`,
    'connection: close',
    ...tail,
    '',
    body,
  ].join('\r\n');
}

function clientErrorStatus(code: string): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code === 'HPE_INVALID_VERSION' ? 426 : 400;
}
