import type { HeaderMap } from '../../http/header-map.js';
import type { BodySource } from '../body-source.js';
import type { Endpoint } from '../plan/plan.js';
import type { Cluster } from './cluster.js';

/** A request to be sent, with exactly the headers that the filters left. */
export interface UpstreamRequest {
  cluster: Cluster;
  endpoint: Endpoint;
  headers: HeaderMap;
  endStream: boolean;
}

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

/** What node's error means. */
export function failureOf(error: NodeJS.ErrnoException): UpstreamFailure {
  const code = error.code ?? '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'no-host', code };
  if (code.startsWith('HPE_')) return { kind: 'protocol', code };
  if (error.syscall === 'connect') return { kind: 'connect', code };
  return { kind: 'termination', code };
}
