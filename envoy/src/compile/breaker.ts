import { grpcStatuses, type PathReading, type Resource } from '@tollgate/model';
import type { FilterBreaker } from '../filter-config/breaker.js';
import { compileMatch } from './match.js';

/** Each proxy that calls a service keeps its own circuit, shared by its workers. */
export function compileBreaker(policy: Resource<'CircuitBreakerPolicy'>, reading?: PathReading): FilterBreaker {
  const breakers = policy.spec.breakers.map(({ name, match, window, trip, failures, open, probes, fallback }) => {
    const { slowAfter, ...trips } = trip;
    return {
      name,
      ...compileMatch(match, reading),
      windowMs: window,
      trip: { ...trips, ...(slowAfter === undefined ? {} : { slowAfterMs: slowAfter }) },
      failures: { ...failures, grpc: failures.grpc.map(codeOf) },
      open: { forMs: open.for, forMaxMs: open.forMax },
      probes,
      fallback,
    };
  });
  return { namespace: policy.namespace, name: policy.name, mode: policy.spec.mode, breakers };
}

function codeOf(name: string): number {
  return (grpcStatuses as readonly string[]).indexOf(name) + 1;
}
