import { connection } from './cluster/connection.js';
import { protocol } from './cluster/protocol.js';
import { resolution } from './cluster/resolution.js';
import type { ClusterFeature, RouteFeature } from './feature.js';
import { forward } from './route/forward.js';

/** What makes a cluster. A later one may say more of what an earlier one said. */
export const clusterFeatures: readonly ClusterFeature[] = [connection, protocol, resolution];

/** What makes a route, in the same way. */
export const routeFeatures: readonly RouteFeature[] = [forward];
