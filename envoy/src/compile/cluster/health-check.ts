import type { HealthCheck } from '@tollgate/model';
import type { Cluster } from '../../types.js';
import type { CalleePort } from '../callee.js';
import { seconds } from '../duration.js';
import type { ClusterContext, ClusterFeature } from '../feature.js';

type EnvoyCheck = NonNullable<Cluster['health_checks']>[number];

/** Where gRPC services answer for their health; the proxy of one answers at the same place. */
export const grpcHealthPath = '/grpc.health.v1.Health/Check';

/** Instances that do not answer get no calls, not even where none does: they would wait for what is known to fail. */
export const healthCheck: ClusterFeature = (context) => {
  const check = context.callee.service?.spec.healthCheck;
  if (!check) return undefined;
  return {
    health_checks: [
      {
        ...checkOf(check, context),
        unhealthy_threshold: check.unhealthy,
        healthy_threshold: check.healthy,
      },
    ],
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    // An instance that is no longer in the registry is gone, whether or not it answers.
    ignore_health_on_host_removal: true,
  };
};

/**
 * The proxy of an instance asks its own application, and answers the proxies of callers by what it heard last. How often must
 * be the callers' to count; calls are passed on in any case.
 */
export function ownHealthCheck(
  check: HealthCheck,
  protocol: CalleePort['protocol'],
  host: string,
): Pick<Cluster, 'health_checks'> {
  return {
    health_checks: [
      {
        ...paced(check),
        ...(protocol === 'GRPC' && check.path === undefined
          ? { grpc_health_check: { authority: host } }
          : { http_health_check: httpCheck(check.path ?? '/', protocol, host) }),
        unhealthy_threshold: 1,
        healthy_threshold: 1,
      },
    ],
  };
}

function checkOf(check: HealthCheck, { port: { protocol }, callee, behindProxy }: ClusterContext): EnvoyCheck {
  const host = hostOf(callee.service ?? { name: '', namespace: '' });
  if (protocol === 'TCP') return { ...paced(check), tcp_health_check: {} };
  if (protocol !== 'GRPC' || check.path !== undefined)
    return { ...paced(check), http_health_check: httpCheck(check.path ?? '/', protocol, host) };
  // A proxy in front answers as HTTP does: it has no message of the health service's to give.
  return behindProxy && check.port === undefined
    ? { ...paced(check), http_health_check: httpCheck(grpcHealthPath, protocol, host) }
    : { ...paced(check), grpc_health_check: { authority: host } };
}

/** Also while nobody calls: who then does must not be the one who finds out. */
function paced({ interval, timeout }: HealthCheck): EnvoyCheck {
  return { interval: seconds(interval), timeout: seconds(timeout), no_traffic_interval: seconds(interval) };
}

function httpCheck(path: string, protocol: CalleePort['protocol'], host: string): EnvoyCheck['http_health_check'] {
  return {
    host,
    path,
    // Any success, as Envoy's own default is 200 alone.
    expected_statuses: [{ start: '200', end: '300' }],
    codec_client_type: protocol === 'HTTP' ? 'HTTP1' : 'HTTP2',
  };
}

export const hostOf = ({ name, namespace }: { name: string; namespace: string }) => `${name}.${namespace}`;
