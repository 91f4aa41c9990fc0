import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import type { RawAnswer } from './raw-http.js';
import { within } from './wait.js';

export interface RawHttp2Request {
  port: number;
  /** The source address of the connection. */
  from?: string;
  method: string;
  path: string;
  headers: [name: string, value: string][];
  /** Each piece is a frame of its own, sent when the proxy has taken the one before. */
  pieces: string[];
  trailers?: [name: string, value: string][] | undefined;
  /** The client's connection is gone after so many pieces. */
  resetAfter?: number | undefined;
}

/** One request over an HTTP/2 connection of its own (prior knowledge). Status 0: the stream was reset before an answer. */
export async function rawHttp2(request: RawHttp2Request): Promise<RawAnswer> {
  const { port, from, method, path, headers, pieces, trailers, resetAfter } = request;
  const socket = connectSocket({ host: '127.0.0.1', port, ...(from === undefined ? {} : { localAddress: from }) });
  const session = connect(`http://127.0.0.1:${port}`, { createConnection: () => socket });
  // The stream's own error says what happened to it.
  session.on('error', () => {});
  try {
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? 'vendors';
    const pseudo = { ':method': method, ':path': path, ':authority': host, ':scheme': 'http' };
    const end = pieces.length === 0 && !trailers && resetAfter === undefined;
    const stream = session.request(
      { ...pseudo, ...grouped(headers) },
      { endStream: end, waitForTrailers: trailers !== undefined },
    );
    if (trailers) stream.on('wantTrailers', () => stream.sendTrailers(grouped(trailers)));
    const answering = answerOf(stream);
    for (const [index, piece] of pieces.entries()) {
      if (index === resetAfter || stream.closed) break;
      await within(`piece ${index + 1} of the body to be taken`, send(session, stream, piece));
    }
    // Node ends a stream before it resets it, so the connection goes.
    if (resetAfter !== undefined) socket.destroy();
    else if (!end && !stream.closed) stream.end();
    return await within(`the answer to ${method} ${path.slice(0, 80)}`, answering);
  } finally {
    session.destroy();
  }
}

/** A ping goes before what still waits; its answer says that all frames sent before it were taken. */
async function send(session: ClientHttp2Session, stream: ClientHttp2Stream, piece: string): Promise<void> {
  await new Promise<void>((resolve) => stream.write(piece, 'latin1', () => resolve()));
  if (!session.destroyed) await new Promise<void>((resolve) => session.ping(() => resolve()));
}

function answerOf(stream: ClientHttp2Stream): Promise<RawAnswer> {
  const answer: RawAnswer = { status: 0, headers: [], body: '' };
  const take = (pairs: string[]): [string, string][] =>
    Array.from({ length: pairs.length / 2 }, (_, index): [string, string] => [
      pairs[index * 2] ?? '',
      pairs[index * 2 + 1] ?? '',
    ]).filter(([name]) => !name.startsWith(':'));
  // The third argument, the raw list, is missing in the types.
  const onRaw = stream.on.bind(stream) as (
    event: string,
    listener: (fields: Record<string, unknown>, flags: number, raw: string[]) => void,
  ) => void;
  onRaw('response', (fields, _flags, raw) => {
    answer.status = Number(fields[':status']);
    answer.headers = take(raw);
  });
  onRaw('trailers', (_fields, _flags, raw) => {
    answer.trailers = take(raw);
  });
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => {});
  return new Promise((resolve) =>
    stream.on('close', () => {
      answer.body = Buffer.concat(chunks).toString();
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR && stream.rstCode !== undefined) answer.reset = true;
      resolve(answer);
    }),
  );
}

function grouped(headers: [string, string][]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (key === 'host') continue;
    const known = fields[key];
    fields[key] = known === undefined ? value : [...[known].flat(), value];
  }
  return fields;
}
