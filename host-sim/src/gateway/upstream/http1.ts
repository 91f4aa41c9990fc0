import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { lower } from '../../bytes.js';
import { HeaderMap } from '../../http/header-map.js';
import { RESPONSE_HEADER_BYTES_MAX } from '../../limits.js';
import { socketAddress } from '../address.js';
import { asBody, type BodySource } from '../body-source.js';
import { writeChunk } from '../chunk.js';
import { failureOf, type UpstreamEvents, type UpstreamRequest, type UpstreamStream } from './stream.js';

export function openHttp1(
  { cluster, endpoint, headers, endStream }: UpstreamRequest,
  events: UpstreamEvents,
): UpstreamStream {
  const method = headers.first(':method') ?? '';
  const upgrades = headers.has('upgrade');
  const request = httpRequest({
    host: endpoint.address,
    port: endpoint.port,
    method,
    path: headers.first(':path'),
    agent: upgrades ? false : cluster.agent,
    setHost: false,
    maxHeaderSize: RESPONSE_HEADER_BYTES_MAX,
    timeout: cluster.plan.connectTimeoutMs,
  });
  writeHeadAsGiven(request, headers, endStream && !upgrades);
  let over = false;
  let answered = false;
  let upgraded: (BodySource & Duplex) | undefined;
  const fail = (error: NodeJS.ErrnoException) => {
    if (over) return;
    over = true;
    const stale = request.reusedSocket && error.code === 'ECONNRESET' && endStream && !answered;
    events.failed(failureOf(error), stale);
  };
  request.once('socket', (socket) => {
    const connected = () => {
      request.setTimeout(0);
      events.connected(socketAddress(socket.localAddress, socket.localPort));
    };
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
  request.once('timeout', () => {
    if (over) return;
    over = true;
    request.destroy();
    events.failed({ kind: 'connect-timeout', code: '' }, false);
  });
  request.once('response', (response) => {
    answered = true;
    response.once('error', fail);
    response.once('aborted', () => fail(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })));
    const { headers: head, endStream: whole } = readUpstreamHead(response, method === 'HEAD');
    if (over) return;
    // Envoy: what follows an answer without a body belongs to no answer.
    over = whole;
    events.response(head, whole, response);
  });
  request.once('upgrade', (response, socket, first) => {
    answered = true;
    if (first.length > 0) socket.unshift(first);
    upgraded = asBody(socket);
    socket.once('error', fail);
    if (!over) events.response(readUpstreamHead(response, false).headers, false, upgraded);
  });
  request.on('error', fail);
  if (endStream && !upgrades) request.end();
  else request.flushHeaders();
  const to = () => upgraded ?? request;
  return {
    write: (bytes) => (upgraded ? upgraded.write(bytes) : writeChunk(request, bytes)),
    end: (trailers) => {
      if (trailers) request.addTrailers([...trailers.entries]);
      to().end();
    },
    onceDrained: (action) => to().once('drain', action),
    destroy: () => {
      over = true;
      upgraded?.destroy();
      request.destroy();
    },
  };
}

/** Node's own way to write a head groups repeated headers and joins cookies: what it calls when it writes is replaced. */
interface HeadWriter {
  _storeHeader(firstLine: string, headers: readonly (readonly [string, string])[]): void;
  _implicitHeader(): void;
}

const METHODS_WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE', 'TRACE']);

function writeHeadAsGiven(request: ClientRequest, headers: HeaderMap, endStream: boolean): void {
  const method = headers.first(':method') ?? '';
  const list: [string, string][] = [];
  const authority = headers.first(':authority');
  if (authority !== undefined) list.push(['host', authority]);
  // Node refuses to announce trailers of a body with a length; Envoy passes the announcement on.
  for (const [name, value] of headers.entries)
    if (!name.startsWith(':') && !(name === 'trailer' && headers.has('content-length'))) list.push([name, value]);
  const known = headers.has('content-length');
  // Envoy says so upstream for methods that usually have a body.
  if (!known && endStream && !METHODS_WITHOUT_BODY.has(method)) list.push(['content-length', '0']);
  if (!known && !endStream && !headers.has('upgrade')) list.push(['transfer-encoding', 'chunked']);
  // Said to be removed, so that node adds none of its own.
  for (const name of ['connection', 'content-length', 'transfer-encoding', 'date']) request.removeHeader(name);
  const writer = request as unknown as HeadWriter;
  writer._implicitHeader = () => writer._storeHeader(`${method} ${headers.first(':path') ?? '/'} HTTP/1.1\r\n`, list);
}

/** The upstream's head as the router hands it to the filters. */
function readUpstreamHead(message: IncomingMessage, head: boolean): { headers: HeaderMap; endStream: boolean } {
  const headers = HeaderMap.response([[':status', String(message.statusCode)]]);
  for (let i = 0; i < message.rawHeaders.length; i += 2)
    headers.add(message.rawHeaders[i] as string, message.rawHeaders[i + 1] as string);
  headers.remove('keep-alive');
  const status = message.statusCode ?? 0;
  const empty = head || status === 204 || status === 304;
  const length = lower(headers.first('content-length') ?? '');
  return { headers, endStream: empty || length === '0' };
}
