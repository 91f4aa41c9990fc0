import type { ConnectionManagerOptions } from '../../http/connection-manager.js';
import type { Plugin } from '../../vm/plugin.js';

export interface Endpoint {
  address: string;
  port: number;
  weight: number;
}

export interface ClusterPlan {
  name: string;
  connectTimeoutMs: number;
  /** Prior knowledge: the endpoints speak HTTP/2. */
  http2: boolean;
  endpoints: Endpoint[];
}

/** How a text is compared. */
export type TextMatch = (text: string) => boolean;

/** What a route asks of a request; all of it must be so. */
export interface RouteMatch {
  path: TextMatch;
  headers: { name: string; present?: boolean; value?: TextMatch; invert: boolean; missingAsEmpty: boolean }[];
  query: { name: string; present?: boolean; value?: TextMatch }[];
}

export interface RetryPlan {
  on: ReadonlySet<string>;
  statuses: readonly number[];
  retriesMax: number;
  /** 0: none of its own. */
  perTryTimeoutMs: number;
}

export interface ForwardPlan {
  kind: 'forward';
  clusters: { name: string; weight: number }[];
  /** 0: none. */
  timeoutMs: number;
  retry?: RetryPlan;
  prefixRewrite?: { prefix: string; to: string };
  hostRewrite?: string;
  /** Protocols that a client may change to, in lower case. */
  upgrades: ReadonlySet<string>;
}

export interface RedirectPlan {
  kind: 'redirect';
  status: number;
  scheme?: string;
  host?: string;
  port?: number;
  path?: string;
  prefixRewrite?: { prefix: string; to: string };
  stripQuery: boolean;
}

export interface DirectPlan {
  kind: 'direct';
  status: number;
  body: string;
}

export interface RoutePlan {
  name: string;
  match: RouteMatch;
  action: ForwardPlan | RedirectPlan | DirectPlan;
}

export interface VirtualHostPlan {
  name: string;
  domains: string[];
  routes: RoutePlan[];
  /** Taken off behind the filters, before the request goes on. */
  requestHeadersToRemove: string[];
}

export interface FilterPlan {
  plugin: Plugin;
  wasm: Uint8Array;
}

export interface ListenerBase {
  name: string;
  address: string;
  port: number;
  /** 0 unspecified, 1 inbound, 2 outbound. */
  direction: number;
  filterChainName: string;
  /** Bytes that filters may hold back of one body, or of what a TCP client sends. */
  bufferLimitBytes: number;
  filters: FilterPlan[];
}

/** Wasm filters before a TCP proxy. */
export interface TcpListenerPlan extends ListenerBase {
  kind: 'tcp';
  clusters: { name: string; weight: number }[];
  /** 0: none. */
  idleTimeoutMs: number;
  /** 0: as long as it likes. */
  connectionMsMax: number;
}

/** An HTTP connection manager. */
export interface ListenerPlan extends ListenerBase {
  kind: 'http';
  connection: ConnectionManagerOptions;
  codec: 'AUTO' | 'HTTP1' | 'HTTP2';
  requestHeadersTimeoutMs: number;
  /** What becomes of headers whose names have an underscore. */
  underscores: 'ALLOW' | 'DROP_HEADER' | 'REJECT_REQUEST';
  /** Names of headers that are taken off before Envoy writes its own; any of them. */
  earlyRemovals: TextMatch[];
  /** Until the request is complete or its answer begins; 0: as long as it likes. */
  requestTimeoutMs: number;
  /** While nothing moves on a stream in either direction; 0: as long as it likes. */
  streamIdleTimeoutMs: number;
  /** Trailers of HTTP/1 are kept. */
  trailers: boolean;
  ignorePort: boolean;
  /** Protocols that a client may change to on any route, in lower case. */
  upgrades: ReadonlySet<string>;
  virtualHosts: VirtualHostPlan[];
  /** Taken off behind the filters, before the request goes on. */
  requestHeadersToRemove: string[];
}

/** A bootstrap that the gateway can serve. */
export interface GatewayPlan {
  node: { id: string; cluster: string };
  listeners: (ListenerPlan | TcpListenerPlan)[];
  clusters: ReadonlyMap<string, ClusterPlan>;
}
