import { clusterName } from '../callees.js';
import type { RouteFeature } from '../feature.js';

/** Calls go on to the callee's instances, without a timeout or retries of our making. */
export const forward: RouteFeature = ({ callee, port }) => ({
  match: { prefix: '/' },
  route: { cluster: clusterName(callee, port), timeout: '0s' },
});
