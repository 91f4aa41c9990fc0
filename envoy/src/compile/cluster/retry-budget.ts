import type { TrafficPolicy } from '@tollgate/model';
import { seconds } from '../duration.js';

/** Retries as a share of the calls that are under way; Envoy then asks no longer how many there are. */
export function retryBudget({
  percent,
  minRetryConcurrency,
  budgetInterval,
}: NonNullable<TrafficPolicy['retryBudget']>) {
  return {
    budget_percent: { value: percent },
    min_retry_concurrency: minRetryConcurrency,
    ...(budgetInterval > 0 ? { budget_interval: seconds(budgetInterval) } : {}),
  };
}
