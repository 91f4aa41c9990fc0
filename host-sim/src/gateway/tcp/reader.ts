import type { Socket } from 'node:net';

/**
 * Hands on what a socket has as Envoy reads it: all the bytes that are there at once. An end that follows is told apart from
 * them, except where both had come before anybody read: node gives such an end a turn of the loop later.
 */
export class TcpReader {
  #pieces: Buffer[] = [];
  #ended = false;
  #scheduled = false;

  constructor(
    private readonly socket: Socket,
    /** Something may have come before reading began. */
    private late: boolean,
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
    if (this.late) setImmediate(() => setImmediate(() => this.flush()));
    else setImmediate(() => this.flush());
    this.late = false;
  }

  private flush(): void {
    this.#scheduled = false;
    this.read(Buffer.concat(this.#pieces.splice(0)), this.#ended);
  }
}
