import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { within } from './wait.js';

/** A caller that has sent the head of a request with a body, and keeps that back. */
export interface Dawdler {
  /** Sends what is missing. */
  finish(): void;
  /** Goes away: with its connection, over HTTP/2 by resetting the stream. */
  leave(): void;
  /** The status that it gets. */
  status(): Promise<number>;
}

export type DawdlerProtocol = 'HTTP/1.1' | 'HTTP/2';

export function dawdle(port: number, path: string, protocol: DawdlerProtocol = 'HTTP/1.1'): Dawdler {
  return protocol === 'HTTP/2' ? overHttp2(port, path) : overHttp1(port, path);
}

function overHttp1(port: number, path: string): Dawdler {
  const socket = connect(port, '127.0.0.1');
  const answered = new Promise<number>((resolve, reject) => {
    socket.once('data', (chunk) => resolve(Number(chunk.toString('latin1').slice(9, 12))));
    socket.on('error', reject);
  });
  answered.catch(() => {});
  socket.write(`POST ${path} HTTP/1.1\r\nhost: vendors\r\ncontent-length: 4\r\n\r\n`);
  return {
    finish: () => void socket.write('body'),
    leave: () => void socket.destroy(),
    status: () => within(`the answer to ${path}`, answered),
  };
}

function overHttp2(port: number, path: string): Dawdler {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ':method': 'POST', ':path': path, ':authority': 'vendors' });
  const answered = new Promise<number>((resolve, reject) => {
    stream.on('response', ({ ':status': status }) => resolve(status ?? 0));
    stream.on('error', reject);
    session.on('error', reject);
  });
  answered.catch(() => {});
  // The connection stays, unless nobody has a use for it any more.
  session.unref();
  return {
    finish: () => void stream.end('body'),
    // `close` would end the request first.
    leave: () => void stream.destroy(new Error('left')),
    status: () => within(`the answer to ${path}`, answered),
  };
}
