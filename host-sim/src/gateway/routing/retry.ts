import type { HeaderMap } from '../../http/header-map.js';
import type { RetryPlan } from '../plan/plan.js';
import type { UpstreamFailure } from '../upstream/stream.js';
import { matchesHeader } from './header-match.js';

/** gRPC statuses that `retry_on` names. */
const GRPC: Record<string, number> = {
  cancelled: 1,
  'deadline-exceeded': 4,
  'resource-exhausted': 8,
  internal: 13,
  unavailable: 14,
};

/** The policy of a route, where it is for this request. */
export function retryOf(plan: RetryPlan | undefined, request: HeaderMap): RetryPlan | undefined {
  const wanted = plan?.requestHeaders ?? [];
  return wanted.length === 0 || wanted.some((each) => matchesHeader(each, request)) ? plan : undefined;
}

/** True where an attempt that failed before it answered is worth another one. */
export function retriesFailure({ on }: RetryPlan, { kind }: UpstreamFailure | { kind: 'per-try-timeout' }): boolean {
  // Envoy: these two stand for every end without an answer.
  if (on.has('5xx') || on.has('gateway-error') || on.has('reset')) return true;
  if (kind === 'connect' || kind === 'connect-timeout')
    return on.has('connect-failure') || on.has('reset-before-request');
  return kind === 'refused-stream' && on.has('refused-stream');
}

/** True where an answer is worth another attempt. */
export function retriesAnswer({ on, statuses, headers: wanted }: RetryPlan, headers: HeaderMap): boolean {
  // Envoy: such an answer comes from another Envoy that asks for less.
  if (headers.has('x-envoy-ratelimited')) return on.has('envoy-ratelimited');
  const status = Number(headers.first(':status'));
  if (on.has('5xx') && status >= 500) return true;
  if (on.has('gateway-error') && status >= 502 && status <= 504) return true;
  if (on.has('retriable-4xx') && status === 409) return true;
  if (on.has('retriable-status-codes') && statuses.includes(status)) return true;
  if (on.has('retriable-headers') && wanted.some((each) => matchesHeader(each, headers))) return true;
  const grpc = headers.first('grpc-status');
  return grpc !== undefined && Object.entries(GRPC).some(([name, code]) => on.has(name) && Number(grpc) === code);
}
