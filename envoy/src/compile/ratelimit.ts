import type { Resource } from '@tollgate/model';
import type { FilterRateLimit } from '../filter-config.js';

/** Both sides count, each in its own Envoy. */
export function compileRateLimit(policy: Resource<'RateLimitPolicy'>): FilterRateLimit {
  const limits = policy.spec.limits.map(({ name, match, key, requests, per, burst, headers, keysMax }) => ({
    name,
    match,
    key,
    requests,
    perMs: per,
    burst,
    headers,
    keysMax,
  }));
  return { namespace: policy.namespace, name: policy.name, mode: policy.spec.mode, limits };
}
