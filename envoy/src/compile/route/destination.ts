import type { WeightedDestination } from '@tollgate/model';
import { clusterName } from '../callees.js';
import type { RouteContext, RouteFeature } from '../feature.js';
import { headerChanges, hostRewrite } from './headers.js';
import { isSentOn } from './sent-on.js';

/** Where calls go: to the callee itself where no document says otherwise. */
export const destination: RouteFeature = ({ http, callee, port, clusterOf }) => {
  if (!isSentOn(http)) return undefined;
  const { route = [] } = http;
  const [first, ...others] = route;
  if (!first) return { route: { cluster: clusterName(callee, port) } };
  if (others.length === 0) return { route: { cluster: clusterOf(first.destination) } };
  const weighted = route.filter(({ weight }) => weight > 0).map((each) => weightedCluster(each, clusterOf));
  return { route: { weighted_clusters: { clusters: weighted } } };
};

function weightedCluster(each: WeightedDestination, clusterOf: RouteContext['clusterOf']) {
  return {
    name: clusterOf(each.destination),
    weight: each.weight,
    ...headerChanges(each.headers),
    ...hostRewrite(each.headers),
  };
}
