import type { ConnectionManagerOptions } from '../http/connection-manager.js';
import type { Plugin } from '../vm/plugin.js';

export interface Endpoint {
  address: string;
  port: number;
  weight: number;
}

export interface ClusterPlan {
  name: string;
  connectTimeoutMs: number;
  endpoints: Endpoint[];
}

export interface RoutePlan {
  name: string;
  match: { prefix: string } | { path: string };
  cluster: string;
}

export interface VirtualHostPlan {
  name: string;
  domains: string[];
  routes: RoutePlan[];
}

export interface FilterPlan {
  plugin: Plugin;
  wasm: Uint8Array;
}

export interface ListenerPlan {
  name: string;
  address: string;
  port: number;
  /** 0 unspecified, 1 inbound, 2 outbound. */
  direction: number;
  filterChainName: string;
  connection: ConnectionManagerOptions;
  requestHeadersTimeoutMs: number;
  /** Trailers of HTTP/1 are kept. */
  trailers: boolean;
  /** Bytes that filters may hold back of one body. */
  bufferLimitBytes: number;
  ignorePort: boolean;
  virtualHosts: VirtualHostPlan[];
  /** Taken off behind the filters, before the request goes on. */
  requestHeadersToRemove: string[];
  filters: FilterPlan[];
}

/** A bootstrap that the gateway can serve. */
export interface GatewayPlan {
  node: { id: string; cluster: string };
  listeners: ListenerPlan[];
  clusters: ReadonlyMap<string, ClusterPlan>;
}
