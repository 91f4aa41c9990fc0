import { connect, type Socket } from 'node:net';
import { within } from './wait.js';

export interface RawRequest {
  address?: string;
  port: number;
  /** The source address of the connection. */
  from?: string;
  method?: string;
  path?: string;
  /** In this order, repeated where they are repeated; the Host header comes first unless one stands here. */
  headers?: [name: string, value: string][];
  body?: string;
}

export interface RawAnswer {
  status: number;
  headers: [name: string, value: string][];
  body: string;
  /** Of HTTP/2 alone, where there were some. */
  trailers?: [name: string, value: string][];
  /** Of HTTP/2 alone: it broke off. */
  reset?: true;
}

/** The connection was closed, or cut, before an answer. */
export class NoAnswer extends Error {}

/** Sends exactly these bytes over a connection of its own: no client library mends what is odd about them. */
export async function rawHttp({
  address = '127.0.0.1',
  port,
  from,
  method = 'GET',
  path = '/',
  headers = [],
  body = '',
}: RawRequest): Promise<RawAnswer> {
  const host = headers.some(([name]) => name.toLowerCase() === 'host') ? [] : [['host', 'vendors']];
  const length = body === '' ? [] : [['content-length', String(Buffer.byteLength(body))]];
  const lines = [...host, ...headers, ...length, ['connection', 'close']].map(([name, value]) => `${name}: ${value}`);
  // latin1: a header value may hold any byte.
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const socket = connect({ host: address, port, ...(from === undefined ? {} : { localAddress: from }) });
  socket.write(Buffer.concat([head, Buffer.from(body)]));
  try {
    return await within(`the answer to ${method} ${path.slice(0, 80)}`, answerOf(socket, method));
  } finally {
    socket.destroy();
  }
}

function answerOf(socket: Socket, method: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      // Not only at the end of the connection: Envoy keeps it for a second after a refusal.
      const answer = parseAnswer(bytes, method);
      if (answer) resolve(answer);
    });
    socket.on('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'ECONNRESET' ? new NoAnswer('the connection was reset', { cause }) : cause),
    );
    socket.on('close', () => {
      const answer = bytes.length > 0 && parseAnswer(bytes, method, true);
      if (answer) resolve(answer);
      else reject(new NoAnswer('the connection was closed without an answer'));
    });
  });
}

/** Undefined while something is missing; `ended` says that no more will come. */
function parseAnswer(bytes: Buffer, method: string, ended = false): RawAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const rest = bytes.subarray(end + 4);
  const value = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const chunked = value('transfer-encoding') === 'chunked';
  // What follows the head of an answer to HEAD is a fault that must be seen, so only the end of the connection ends it.
  if (!ended && (method === 'HEAD' || !isComplete(rest, chunked, value('content-length')))) return undefined;
  const body = chunked && method !== 'HEAD' ? unchunk(rest) : rest;
  return { status: Number(statusLine.split(' ')[1]), headers, body: body.toString() };
}

function isComplete(rest: Buffer, chunked: boolean, length: string | undefined): boolean {
  if (chunked) return rest.subarray(-5).toString('latin1') === '0\r\n\r\n';
  return length !== undefined && rest.length >= Number(length);
}

function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString(), 16);
    if (lineEnd < 0 || !(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
