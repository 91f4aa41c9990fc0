import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { HeaderMap } from '../../http/header-map.js';
import { asBody, type BodySource } from '../body-source.js';
import type { Downstream } from './downstream.js';
import { readHead, upgradeOf } from './head.js';

/** A request to change the protocol: after a 101 the connection's bytes are the bodies, in both directions. */
export class UpgradeDownstream implements Downstream {
  readonly protocol = 'HTTP/1.1';
  readonly head: Downstream['head'];
  readonly upgrade: string | undefined;
  readonly trailers = false;
  readonly endWithData = false;
  readonly body: BodySource;
  #ended = false;
  #isHead: boolean;

  constructor(
    message: IncomingMessage,
    readonly socket: Socket,
    first: Buffer,
  ) {
    if (first.length > 0) socket.unshift(first);
    const head = readHead(message);
    this.#isHead = message.method === 'HEAD';
    this.head = 'status' in head ? head : { ...head, endStream: false };
    this.upgrade = upgradeOf(message);
    this.body = asBody(socket);
    socket.on('error', () => {});
  }

  respond(headers: HeaderMap, end: boolean): void {
    const status = Number(headers.first(':status'));
    const lines = headers.entries.filter(([name]) => !name.startsWith(':')).map(([name, value]) => `${name}: ${value}`);
    // Refused: what follows has no other end than the connection's.
    if (status !== 101) {
      lines.push('connection: close');
      if (end && !headers.has('content-length') && status !== 204 && status !== 304 && !this.#isHead)
        lines.push('content-length: 0');
    }
    const text = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}`, ...lines, '', ''].join('\r\n');
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  write(bytes: Uint8Array): boolean {
    return this.#isHead || this.socket.destroyed || this.socket.write(bytes);
  }

  end(): void {
    this.#ended = true;
    this.socket.end();
  }

  onceDrained(action: () => void): void {
    this.socket.once('drain', action);
  }

  destroy(): void {
    this.socket.destroy();
  }

  onceClosed(action: (complete: boolean) => void): void {
    this.socket.once('close', () => action(this.#ended));
  }

  drop(): void {
    this.socket.resume();
  }
}
