import type { Socket } from 'node:net';

/**
 * Hands on what a socket has as Envoy reads it: all the bytes that are there, and the end together with them. Node gives
 * the end a turn of the loop later, so what arrives waits for that turn.
 */
export class TcpReader {
  #pieces: Buffer[] = [];
  #ended = false;
  #scheduled = false;

  constructor(
    private readonly socket: Socket,
    private readonly read: (bytes: Uint8Array, end: boolean) => void,
  ) {}

  /** The other side says no more, though perhaps not all of it has been handed on yet. */
  get ended(): boolean {
    return this.#ended;
  }

  start(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.#pieces.push(chunk);
      this.schedule();
    });
    this.socket.on('end', () => {
      this.#ended = true;
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => setImmediate(() => this.flush()));
  }

  private flush(): void {
    this.#scheduled = false;
    this.read(Buffer.concat(this.#pieces.splice(0)), this.#ended);
  }
}
