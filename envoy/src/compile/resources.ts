import type { Cluster, Endpoints, FilterExtension, Listener, RouteConfiguration } from '../types.js';
import type { SecretVariable } from './secrets.js';

/**
 * What one node's Envoy is made of, by type. Names are unique and stable, so that resources can be compared from version to
 * version; listeners refer by name to routes and filter configurations, clusters to endpoints.
 */
export interface Resources {
  version: string;
  listeners: Listener[];
  routes: RouteConfiguration[];
  clusters: Cluster[];
  endpoints: Endpoints[];
  filterConfigs: FilterExtension[];
  /** The environment variables that this Envoy needs. */
  secrets: SecretVariable[];
}
