import type { Clock } from '../process/clock.js';
import { isGrpcRequest } from './grpc-status.js';
import { HeaderMap } from './header-map.js';

/** The route that a request took, as far as a filter can read it. */
export interface RouteInfo {
  clusterName: string;
  virtualHostName: string;
  routeName: string;
}

/** Envoy's response flags that the simulator can set; the value is the bit. */
export const ResponseFlag = {
  noHealthyUpstream: 1 << 1,
  upstreamRequestTimeout: 1 << 2,
  upstreamRemoteReset: 1 << 4,
  upstreamConnectionFailure: 1 << 5,
  upstreamConnectionTermination: 1 << 6,
  noRouteFound: 1 << 8,
  delayInjected: 1 << 9,
  faultInjected: 1 << 10,
  upstreamRetryLimitExceeded: 1 << 15,
  streamIdleTimeout: 1 << 16,
  upstreamProtocolError: 1 << 23,
  noClusterFound: 1 << 24,
} as const;

/** Facts of one request that properties read: everything but the headers. */
export interface StreamInfo {
  startWallNs: bigint;
  startMonotonicNs: bigint;
  /** Set when the request is over; durations can be read from then on. */
  endMonotonicNs?: bigint;
  /** Absent on a connection of plain TCP. */
  protocol?: string;
  /** `address:port`, IPv6 in brackets. */
  peer: string;
  local: string;
  connectionId: number;
  route?: RouteInfo;
  upstream?: { address: string; localAddress?: string; failureReason?: string };
  upstreamAttempts: number;
  backendLatencyNs?: bigint;
  responseCode?: number;
  responseCodeDetails?: string;
  responseFlags: number;
  requestBytes: number;
  responseBytes: number;
  grpc: boolean;
  head: boolean;
  /** The maps themselves, for the access log. */
  requestHeaders: HeaderMap;
  responseHeaders?: HeaderMap;
  responseTrailers?: HeaderMap;
  /** What filters set with proxy_set_property, by whole path. */
  filterState: Map<string, Uint8Array>;
  /** Filter state of Envoy's own, by name. */
  objects: Map<string, Uint8Array>;
  /** The listener's, for xds properties. */
  listener: { direction: number; filterChainName: string };
  /** What a test says a property is, by path with dots; goes before everything else. */
  overrides: ReadonlyMap<string, Uint8Array>;
}

/** What is known when a stream or a connection begins. Without `requestHeaders` it is one of plain TCP. */
export interface StreamBeginning {
  clock: Clock;
  protocol?: string;
  peer: string;
  local: string;
  connectionId: number;
  requestHeaders?: HeaderMap;
  listener: StreamInfo['listener'];
  overrides?: StreamInfo['overrides'];
}

/** The facts of a stream that begins now: nothing has gone either way. */
export function beginStream({ clock, requestHeaders = HeaderMap.request(), ...given }: StreamBeginning): StreamInfo {
  return {
    startWallNs: clock.wallNs(),
    startMonotonicNs: clock.monotonicNs(),
    upstreamAttempts: 0,
    responseFlags: 0,
    requestBytes: 0,
    responseBytes: 0,
    grpc: isGrpcRequest(requestHeaders),
    head: requestHeaders.first(':method') === 'HEAD',
    requestHeaders,
    filterState: new Map(),
    objects: new Map(),
    overrides: new Map(),
    ...given,
  };
}
