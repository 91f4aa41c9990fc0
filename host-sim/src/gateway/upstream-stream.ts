import type { Duplex, Readable } from 'node:stream';
import type { HeaderMap } from '../http/header-map.js';

/** A body that is read, with the trailers behind it. */
export type BodySource = Readable & {
  rawTrailers: string[];
  /** Its end was none: the stream was reset, and that is told as a failure. */
  cut?: boolean;
};

/** A request to one endpoint, on its way. */
export interface UpstreamStream {
  /** False: nothing more should be written until it has drained. */
  write(bytes: Uint8Array): boolean;
  end(trailers?: HeaderMap): void;
  onceDrained(action: () => void): void;
  destroy(): void;
}

export interface UpstreamEvents {
  /** `address:port` of our own end. */
  connected(local: string): void;
  response(headers: HeaderMap, endStream: boolean, body: BodySource): void;
  /** `stale`: a kept connection that the endpoint had just closed, so nothing was asked yet. */
  failed(failure: UpstreamFailure, stale: boolean): void;
}

/** Why there is no answer, or not the whole of it. */
export interface UpstreamFailure {
  kind: 'connect' | 'connect-timeout' | 'protocol' | 'reset' | 'refused-stream' | 'termination' | 'no-host';
  code: string;
}

/** A connection or stream read as a body; trailers are put in as they come. */
export function asBody(source: Duplex): BodySource {
  return Object.assign(source, { rawTrailers: [] });
}

/** What node's error means. */
export function failureOf(error: NodeJS.ErrnoException): UpstreamFailure {
  const code = error.code ?? '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'no-host', code };
  if (code.startsWith('HPE_')) return { kind: 'protocol', code };
  if (error.syscall === 'connect') return { kind: 'connect', code };
  return { kind: 'termination', code };
}
