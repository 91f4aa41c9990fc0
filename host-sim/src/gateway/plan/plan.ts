import type { ConnectionManagerOptions } from '../../http/connection-manager.js';
import type { HeaderMap } from '../../http/header-map.js';
import type { StreamInfo } from '../../http/stream-info.js';
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
  /** Its endpoints are chosen at random, instead of in turns. */
  random: boolean;
  endpoints: Endpoint[];
}

/** How a text is compared. */
export type TextMatch = (text: string) => boolean;

/** What is asked of one header. */
export interface HeaderMatch {
  name: string;
  present?: boolean;
  value?: TextMatch;
  invert: boolean;
  missingAsEmpty: boolean;
}

/** What a route asks of a request; all of it must be so. */
export interface RouteMatch {
  path: TextMatch;
  /** Of calls by gRPC alone. */
  grpc: boolean;
  headers: HeaderMatch[];
  query: { name: string; present?: boolean; value?: TextMatch }[];
}

/** What a format may speak of. */
export interface FormatSource {
  info: StreamInfo;
  request: HeaderMap;
  response?: HeaderMap;
}

/** A text that is made for each request. */
export type Format = (source: FormatSource) => string;

/** What is done to the headers of a message. */
export interface HeaderOperations {
  remove: string[];
  add: {
    name: string;
    value: Format;
    action: 'APPEND_IF_EXISTS_OR_ADD' | 'ADD_IF_ABSENT' | 'OVERWRITE_IF_EXISTS_OR_ADD' | 'OVERWRITE_IF_EXISTS';
    /** Also where the value came out empty. */
    keepEmpty: boolean;
  }[];
}

export interface FaultPlan {
  /** Of the request; all of it must be so. */
  headers: HeaderMatch[];
  /** Empty: any. */
  upstreamCluster: string;
  delay?: { ms: number; part: number };
  abort?: { part: number; grpc: boolean; status: number };
}

export interface CorsPlan {
  origins: TextMatch[];
  methods: string;
  headers: string;
  exposed: string;
  maxAge: string;
  credentials: boolean | undefined;
  privateNetwork: boolean | undefined;
  forwardsOtherPreflights: boolean | undefined;
  enabledPart: number;
}

/** What a route says to a filter of the chain. */
export type FilterConfig = ({ kind: 'fault' } & FaultPlan) | ({ kind: 'cors' } & CorsPlan) | { kind: 'on' | 'off' };

/** What is said of a weighted cluster, a route, a virtual host, or all routes. */
export interface Level {
  requestHeaders: HeaderOperations;
  responseHeaders: HeaderOperations;
  /** By the name that the filter has in the chain. */
  filterConfigs: ReadonlyMap<string, FilterConfig>;
}

/** One of the clusters that a route may choose. */
export interface Destination {
  name: string;
  weight: number;
  hostRewrite?: string;
  level: Level;
}

export interface RetryPlan {
  on: ReadonlySet<string>;
  statuses: readonly number[];
  /** Of an answer; any of them. */
  headers: readonly HeaderMatch[];
  /** Of a request that may be sent again; any of them, where there are some. */
  requestHeaders: readonly HeaderMatch[];
  retriesMax: number;
  /** A retry goes to an endpoint that has not been tried, if that many more choices find one. */
  avoidsPrevious: boolean;
  hostChoicesMax: number;
  /** 0: none of its own. */
  perTryTimeoutMs: number;
}

/** The path, with its query, as it goes on; undefined where it stays as it is. */
export type PathRewrite = (path: string) => string | undefined;

export interface MirrorPlan {
  cluster: string;
  part: number;
  denominator: number;
  /** The host goes without `-shadow`. */
  keepsHost: boolean;
}

export interface ForwardPlan {
  kind: 'forward';
  clusters: Destination[];
  /** 0: none. */
  timeoutMs: number;
  retry?: RetryPlan;
  rewrite?: PathRewrite;
  hostRewrite?: string;
  /** A host that is replaced goes on as x-forwarded-host. */
  appendForwardedHost: boolean;
  mirrors: MirrorPlan[];
  /** Whether a client may change to a protocol, in lower case. */
  upgrades: ReadonlyMap<string, boolean>;
}

export interface RedirectPlan {
  kind: 'redirect';
  status: number;
  scheme?: string;
  host?: string;
  port?: number;
  path?: string;
  rewrite?: PathRewrite;
  stripQuery: boolean;
}

export interface DirectPlan {
  kind: 'direct';
  status: number;
  body: Format;
  /** Of a body that is made by a format. */
  contentType?: string;
}

export interface RoutePlan {
  name: string;
  match: RouteMatch;
  action: ForwardPlan | RedirectPlan | DirectPlan;
  level: Level;
}

export interface VirtualHostPlan {
  name: string;
  domains: string[];
  routes: RoutePlan[];
  level: Level;
}

export interface WasmPlan {
  kind: 'wasm';
  plugin: Plugin;
  wasm: Uint8Array;
}

/** One of Envoy's own filters, by the name that routes configure it by. */
export type NativePlan = { kind: 'fault'; name: string; fault: FaultPlan } | { kind: 'cors'; name: string };

/** A filter in the chain of a connection manager. */
export interface HttpFilterPlan<Filter = WasmPlan | NativePlan> {
  /** By which routes turn it on and off. */
  name: string;
  /** Where no route says otherwise it takes no part. */
  off: boolean;
  filter: Filter;
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
}

/** Wasm filters before a TCP proxy. */
export interface TcpListenerPlan extends ListenerBase {
  kind: 'tcp';
  filters: WasmPlan[];
  clusters: { name: string; weight: number }[];
  /** 0: none. */
  idleTimeoutMs: number;
  /** 0: as long as it likes. */
  connectionMsMax: number;
}

/** Connections of TLS for these names, `*.` and a name for all below it, go on unopened. */
export interface TlsChainPlan {
  serverNames: string[];
  tcp: TcpListenerPlan;
}

/** An HTTP connection manager. */
export interface ListenerPlan extends ListenerBase {
  kind: 'http';
  /** Undefined: TLS is not told apart from what else is no HTTP. */
  tls: TlsChainPlan[] | undefined;
  filters: HttpFilterPlan[];
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
  /** Whether the clusters of all routes must be there; else a call to one that is not gets the answer 503. */
  validateClusters: boolean;
  /** Whether a client may change to a protocol where the route does not say, in lower case. */
  upgrades: ReadonlyMap<string, boolean>;
  virtualHosts: VirtualHostPlan[];
  /** Of all routes. */
  level: Level;
  /** The operations on headers of the narrowest level come last, instead of first. */
  narrowestLevelWins: boolean;
}

/** A bootstrap that the gateway can serve. */
export interface GatewayPlan {
  node: { id: string; cluster: string };
  listeners: (ListenerPlan | TcpListenerPlan)[];
  clusters: ReadonlyMap<string, ClusterPlan>;
}
