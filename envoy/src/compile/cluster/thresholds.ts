import type { ClusterFeature } from '../feature.js';
import { retryBudget } from './retry-budget.js';

/** What Envoy takes for no limit. Its own defaults, 1024 of each and 3 retries, are limits that nobody wrote. */
const unlimited = 2 ** 32 - 1;

/** How many connections, requests and retries there may be at once. */
export const thresholds: ClusterFeature = ({ policy }) => {
  const { tcp, http } = policy?.connectionPool ?? {};
  return {
    circuit_breakers: {
      thresholds: [
        {
          max_connections: tcp?.maxConnections || unlimited,
          max_pending_requests: http?.http1MaxPendingRequests || unlimited,
          max_requests: http?.http2MaxRequests || unlimited,
          max_retries: http?.maxRetries || unlimited,
          ...(policy?.retryBudget ? { retry_budget: retryBudget(policy.retryBudget) } : {}),
        },
      ],
    },
  };
};
