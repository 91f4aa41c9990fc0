import { type AddressInfo, createServer, type Socket } from 'node:net';
import { listen } from '../../../tests/support/listen.js';
import { event } from '../../../tests/support/wait.js';

/** A server that says nothing of its own accord: what came to it can be read, what it answers is told. */
export class ManualServer {
  /** All bytes of all connections, in order. */
  seen = '';
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.accept(socket));
  #speaking: Socket | undefined;
  #newest: Socket | undefined;
  #changed: (() => void)[] = [];

  static async start(): Promise<ManualServer> {
    const server = new ManualServer();
    await listen(server.#server);
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  forget(): void {
    this.seen = '';
    this.#speaking = undefined;
    this.#newest = undefined;
  }

  /** Somebody has spoken since it was told to forget. */
  get spoken(): boolean {
    return this.#speaking !== undefined;
  }

  /** Answers on the connection that spoke last, else on the one that was opened last. */
  say(bytes: string): void {
    (this.#speaking ?? this.#newest)?.write(Buffer.from(bytes, 'latin1'));
  }

  /** Says no more, and still listens. */
  finish(): void {
    (this.#speaking ?? this.#newest)?.end();
  }

  hangUp(): void {
    (this.#speaking ?? this.#newest)?.destroy();
  }

  /** The next time that bytes come. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await event('the server to close', this.#server, 'close');
  }

  private accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.#newest = socket;
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk) => {
      this.seen += chunk.toString('latin1');
      this.#speaking = socket;
      for (const wake of this.#changed.splice(0)) wake();
    });
  }
}
