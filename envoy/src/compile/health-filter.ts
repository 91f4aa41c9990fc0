import type { HealthCheck, ServiceSpec } from '@tollgate/model';
import { any, type HttpFilter } from '../types.js';
import { grpcHealthPath } from './cluster/health-check.js';

/** What the proxy of an instance is asked; nothing where callers ask at a port of its own. */
export function probesOf({ healthCheck }: Pick<ServiceSpec, 'healthCheck'>): HealthCheck | undefined {
  return healthCheck?.port === undefined ? healthCheck : undefined;
}

/** By which Envoy's probes name themselves. Whoever else writes it gets the same answer, and no other. */
const prober = 'Envoy/HC';

/**
 * Answers the probes of callers' proxies, which bring no credential. None of them is passed on, so it opens nothing: a stranger
 * learns whether the application answers, and an application's own use of the path stays governed.
 */
export function healthFilter(check: HealthCheck, cluster: string): HttpFilter {
  const exactly = (name: string, exact: string) => ({ name, string_match: { exact } });
  return {
    name: 'envoy.filters.http.health_check',
    typed_config: any('envoy.extensions.filters.http.health_check.v3.HealthCheck', {
      pass_through_mode: false,
      headers: [exactly(':path', check.path ?? grpcHealthPath), exactly('user-agent', prober)],
      cluster_min_healthy_percentages: { [cluster]: { value: 100 } },
    }),
  };
}
