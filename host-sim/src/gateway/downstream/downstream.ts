import type { Socket } from 'node:net';
import type { HeaderMap } from '../../http/header-map.js';
import type { BodySource } from '../body-source.js';
import type { CodecRefusal } from './head.js';

/** One request of a real client, whatever version of HTTP it came in. */
export interface Downstream {
  readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2';
  readonly socket: Socket;
  /** The head as the connection manager gets it from the codec, or why there is none. */
  readonly head: { headers: HeaderMap; endStream: boolean } | CodecRefusal;
  /** The protocol that the client wants to change to. */
  readonly upgrade: string | undefined;
  readonly body: BodySource;
  /** Trailers go through in either direction. */
  readonly trailers: boolean;
  /** The end of a body comes with its last bytes. */
  readonly endWithData: boolean;
  /** Writes the head of the answer. `close`: the connection ends with it, where it carries one request at a time. */
  respond(headers: HeaderMap, end: boolean, close: boolean): void;
  /** False: nothing more should be written until it has drained. */
  write(bytes: Uint8Array): boolean;
  end(trailers?: HeaderMap): void;
  onceDrained(action: () => void): void;
  /** Cut, without an end. */
  destroy(): void;
  /** Once, when all is sent or the client is gone. */
  onceClosed(action: (complete: boolean) => void): void;
  /** What the client still sends is read and dropped, so that it gets to read the answer. */
  drop(): void;
}
