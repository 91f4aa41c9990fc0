import type { ConsistentHash, LoadBalancer } from '@tollgate/model';
import { seconds } from '../duration.js';
import type { ClusterFeature } from '../feature.js';

/** The least number of places on a ring, where nobody wrote another. */
const ringSizeDefault = 1024;

/** How an instance is chosen, where a DestinationRule says it. */
export const loadBalancer: ClusterFeature = ({ policy }) => {
  const balancer = policy?.loadBalancer;
  if (!balancer) return undefined;
  const { simple = 'LEAST_REQUEST', consistentHash } = balancer;
  if (consistentHash) return hashed(consistentHash);
  if (simple === 'RANDOM') return { lb_policy: 'RANDOM' };
  const config = warmup(balancer);
  return simple === 'ROUND_ROBIN'
    ? { lb_policy: 'ROUND_ROBIN', ...(config ? { round_robin_lb_config: config } : {}) }
    : { lb_policy: 'LEAST_REQUEST', ...(config ? { least_request_lb_config: config } : {}) };
};

/** By what the calls are hashed, `hash-policy.ts` says. 64-bit numbers are text in protobuf's JSON. */
function hashed({ maglev, ringHash, minimumRingSize }: ConsistentHash) {
  if (maglev) {
    const { tableSize } = maglev;
    const size = tableSize === undefined ? {} : { maglev_lb_config: { table_size: String(tableSize) } };
    return { lb_policy: 'MAGLEV', ...size } as const;
  }
  const size = ringHash?.minimumRingSize || minimumRingSize || ringSizeDefault;
  return { lb_policy: 'RING_HASH', ring_hash_lb_config: { minimum_ring_size: String(size) } } as const;
}

/** A new instance gets its share of the calls little by little. */
function warmup({ warmup, warmupDurationSecs }: LoadBalancer) {
  const { duration = warmupDurationSecs, aggression, minimumPercent } = warmup ?? {};
  if (duration === undefined) return undefined;
  return {
    slow_start_config: {
      slow_start_window: seconds(duration),
      // Envoy wants a key, by which its runtime could say something else; ours does not.
      ...(aggression === undefined
        ? {}
        : { aggression: { default_value: aggression, runtime_key: 'tollgate.aggression' } }),
      ...(minimumPercent === undefined ? {} : { min_weight_percent: { value: minimumPercent } }),
    },
  };
}
