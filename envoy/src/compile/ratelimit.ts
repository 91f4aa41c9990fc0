import type { Resource } from '@tollgate/model';
import type { FilterRateLimit } from '../filter-config.js';

/** Both sides count, each in its own Envoy. */
export function compileRateLimit(policy: Resource<'RateLimitPolicy'>): FilterRateLimit {
  const limits = policy.spec.limits.map(({ name, match, key, requests, per, burst, algorithm, headers, keysMax }) => ({
    name,
    match,
    key,
    requests,
    perMs: per,
    ...(algorithm === 'sliding-window' ? { algorithm } : { burst: burst ?? 0 }),
    headers,
    keysMax,
  }));
  return { namespace: policy.namespace, name: policy.name, mode: policy.spec.mode, limits };
}
