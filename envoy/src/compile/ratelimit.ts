import type { FairShares, PathReading, RateLimitAmounts, Resource } from '@tollgate/model';
import type { FilterRateLimit } from '../filter-config/ratelimit.js';
import { compileMatch } from './match.js';

/** Both sides count, each in its own Envoy. */
export function compileRateLimit(policy: Resource<'RateLimitPolicy'>, reading?: PathReading): FilterRateLimit {
  const { mode, fairShares } = policy.spec;
  const limits = policy.spec.limits.map(({ name, match, key, cost, headers, keysMax, ...amounts }) => ({
    name,
    ...compileMatch(match, reading),
    key,
    ...compileAmounts(amounts),
    cost,
    headers,
    keysMax,
  }));
  return {
    namespace: policy.namespace,
    name: policy.name,
    mode,
    ...(limits.length > 0 ? { limits } : {}),
    ...(fairShares ? { fairShares: compileShares(fairShares) } : {}),
  };
}

function compileAmounts(amounts: RateLimitAmounts) {
  if ('concurrent' in amounts) return { concurrent: amounts.concurrent };
  const { requests, per: perMs, algorithm, burst = 0 } = amounts;
  return algorithm === 'sliding-window' ? { requests, perMs, algorithm } : { requests, perMs, burst };
}

function compileShares({ requests, per: perMs, weights }: FairShares): NonNullable<FilterRateLimit['fairShares']> {
  return { requests, perMs, weights };
}
