import type { Destination, HttpMatch, HttpRoute, NodeSpec, Resource, TrafficPolicy } from '@tollgate/model';
import type { Cluster, Route } from '../types.js';
import type { Callee, CalleePort } from './callees.js';
import type { Part } from './merged.js';
import type { PluginFilter } from './plugin-filter.js';

/** The instances of a callee at one of its ports, for which there is a cluster. */
export interface ClusterContext {
  callee: Pick<Callee, 'instances'> & Partial<Callee>;
  port: CalleePort;
  subset?: string;
  /** What DestinationRules say of these instances at this port. */
  policy?: TrafficPolicy;
  /** Its instances are reached through their proxies. */
  behindProxy?: boolean;
  /** The services that share the caller's proxy. */
  callers?: readonly Resource<'Service'>[];
  node: NodeSpec;
}

/** What one feature says of a cluster; nothing where it is not used. */
export type ClusterFeature = (context: ClusterContext) => Part<Cluster> | undefined;

/** Calls to a callee at one of its ports. */
export interface RouteContext {
  callee: Pick<Callee, 'key'>;
  port: Pick<CalleePort, 'number'>;
  /** What a VirtualService says of them; where none does, a route that goes to the callee itself. */
  http: HttpRoute;
  /** One of its conditions: each makes a route of its own. */
  match?: HttpMatch | undefined;
  /** The cluster of a destination, which may be one that nobody has: Envoy then answers 503. */
  clusterOf(destination: Destination): string;
  /** The caller's. */
  plugins: readonly PluginFilter[];
}

/** What one feature says of a route; nothing where it is not used. */
export type RouteFeature = (context: RouteContext) => Part<Route> | undefined;
