import { balance } from './cluster/balance.js';
import { connection } from './cluster/connection.js';
import { connectionPool } from './cluster/connection-pool.js';
import { hashPolicy } from './cluster/hash-policy.js';
import { healthCheck } from './cluster/health-check.js';
import { loadBalancer } from './cluster/load-balancer.js';
import { localityWeights } from './cluster/locality.js';
import { outlierDetection } from './cluster/outlier-detection.js';
import { protocol } from './cluster/protocol.js';
import { resolution } from './cluster/resolution.js';
import { thresholds } from './cluster/thresholds.js';
import { tls } from './cluster/tls.js';
import type { ClusterFeature, RouteFeature } from './feature.js';
import { cors } from './route/cors.js';
import { destination } from './route/destination.js';
import { directResponse } from './route/direct-response.js';
import { fault } from './route/fault.js';
import { headers } from './route/headers.js';
import { match } from './route/match.js';
import { mirror } from './route/mirror.js';
import { plugins } from './route/plugins.js';
import { redirect } from './route/redirect.js';
import { retries } from './route/retries.js';
import { rewrite } from './route/rewrite.js';
import { timeout } from './route/timeout.js';

/** What makes a cluster. A later one may say more of what an earlier one said. */
export const clusterFeatures: readonly ClusterFeature[] = [
  connection,
  protocol,
  resolution,
  thresholds,
  connectionPool,
  balance,
  loadBalancer,
  localityWeights,
  hashPolicy,
  healthCheck,
  outlierDetection,
  tls,
];

/** What makes a route, in the same way. */
export const routeFeatures: readonly RouteFeature[] = [
  match,
  redirect,
  directResponse,
  destination,
  headers,
  rewrite,
  timeout,
  retries,
  mirror,
  fault,
  cors,
  plugins,
];
