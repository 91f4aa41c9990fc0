import type { ClusterFeature } from '../feature.js';

/**
 * By latency: of some instances that are drawn the one with the fewest calls under way. Who is slow has more of them. Where
 * instances have weights, a weight counts the less the more is under way: by the square, so that a slow one is spared soon.
 * What a DestinationRule says is the last word.
 */
export const balance: ClusterFeature = ({ callee, policy }) => {
  if (callee.service?.spec.balance !== 'latency' || policy?.loadBalancer) return undefined;
  return {
    lb_policy: 'LEAST_REQUEST',
    least_request_lb_config: {
      // One may be drawn twice: of two draws among two instances, a quarter would be the slow one alone.
      choice_count: 4,
      // Envoy wants a key, by which its runtime could say something else; ours does not.
      active_request_bias: { default_value: 2, runtime_key: 'tollgate.balance.latency' },
    },
  };
};
