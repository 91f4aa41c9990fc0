import type { Body } from '../http/body.js';
import type { HeaderMap } from '../http/header-map.js';
import type { LocalReply } from '../http/local-reply.js';
import type { StreamInfo } from '../http/stream-info.js';
import type { Trace } from '../http/trace.js';
import type { Plugin } from './plugin.js';

/** What a host call can do to the request or connection that its context stands for. */
export interface ContextStream {
  readonly info: StreamInfo;
  /** What has happened to it so far. */
  readonly log: Trace;
  /** True inside proxy_on_log. */
  readonly logging: boolean;
  readableMap(type: number): HeaderMap | undefined;
  visibleMap(type: number): HeaderMap | undefined;
  writableMap(type: number): HeaderMap | undefined;
  mapChanged(type: number): void;
  body(side: 'request' | 'response' | 'downstream' | 'upstream'): Body | undefined;
  clearRouteCache(): void;
  requestContinue(): void;
  responseContinue(): void;
  downstreamContinue(): void;
  closeStream(side: 'request' | 'response'): void;
  closeConnection(): void;
  localReply(reply: LocalReply): void;
}

/** What a host call works on: a root context, or the stream of one request. */
export interface Context {
  id: number;
  /** The root's id; 0 for a root. */
  parent: number;
  plugin: Plugin;
  /** The node of the bootstrap. */
  node: { id: string; cluster: string };
  /** How the last gRPC call of this root ended. */
  status?: { code: number; message: string };
  /** The buffer that a host call or the host itself last looked at for it. */
  buffer?: Uint8Array | Body | undefined;
  /** Absent for roots, which have no stream and so no headers. */
  stream?: ContextStream;
}
