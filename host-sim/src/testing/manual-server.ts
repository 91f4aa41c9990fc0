import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

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
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
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

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
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
