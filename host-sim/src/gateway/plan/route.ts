import { lower } from '../../bytes.js';
import type { Fields } from './fields.js';
import { readMatch } from './match.js';
import type { DirectPlan, ForwardPlan, RedirectPlan, RetryPlan, RoutePlan } from './plan.js';

const ROUTE_TIMEOUT_DEFAULT_MS = 15_000;
const REDIRECT_STATUS: Record<string, number> = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};
const RETRY_ON = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];

export function readRoute(fields: Fields): RoutePlan {
  const match = fields.message('match');
  const prefix = match.has('path_separated_prefix') ? match.text('path_separated_prefix') : match.text('prefix');
  const plan: RoutePlan = {
    name: fields.text('name'),
    match: readMatch(match),
    action: readAction(fields, prefix || match.text('path')),
  };
  fields.done();
  return plan;
}

function readAction(fields: Fields, prefix: string): RoutePlan['action'] {
  if (fields.has('route')) return readForward(fields.message('route'), prefix);
  if (fields.has('redirect')) return readRedirect(fields.message('redirect'), prefix);
  if (fields.has('direct_response')) return readDirect(fields.message('direct_response'));
  fields.problem('must have one of route, redirect, direct_response; no other is supported by the gateway');
  return { kind: 'direct', status: 500, body: '' };
}

function readForward(route: Fields, prefix: string): ForwardPlan {
  const weighted = route.message('weighted_clusters');
  const clusters = weighted.messages('clusters').map((cluster) => {
    const one = { name: cluster.text('name'), weight: cluster.count('weight', 0) };
    cluster.done();
    return one;
  });
  if (route.has('cluster') === route.has('weighted_clusters'))
    route.problem('must have either cluster or weighted_clusters; no other is supported by the gateway');
  if (route.has('weighted_clusters') && clusters.every(({ weight }) => weight === 0))
    weighted.problem('must have a weight above 0', 'clusters');
  const plan: ForwardPlan = {
    kind: 'forward',
    clusters: route.has('cluster') ? [{ name: route.text('cluster'), weight: 1 }] : clusters,
    timeoutMs: route.durationMs('timeout', ROUTE_TIMEOUT_DEFAULT_MS),
    ...(route.has('retry_policy') ? { retry: readRetry(route.message('retry_policy')) } : {}),
    ...(route.has('prefix_rewrite') ? { prefixRewrite: { prefix, to: route.text('prefix_rewrite') } } : {}),
    ...(route.has('host_rewrite_literal') ? { hostRewrite: route.text('host_rewrite_literal') } : {}),
    upgrades: readUpgrades(route),
  };
  weighted.done();
  route.done();
  return plan;
}

/** The protocols of `upgrade_configs`, of a connection manager or a route. */
export function readUpgrades(fields: Fields): ReadonlySet<string> {
  const names = fields.messages('upgrade_configs').map((config) => {
    const name = lower(config.text('upgrade_type'));
    if (name === 'connect') config.problem('CONNECT is not supported by the gateway', 'upgrade_type');
    const enabled = config.flag('enabled', true);
    config.done();
    return enabled ? name : '';
  });
  return new Set(names.filter((name) => name !== ''));
}

function readRetry(fields: Fields): RetryPlan {
  // How long a retry waits is random in Envoy; here it goes at once.
  fields.ignore('retry_back_off');
  const on = fields
    .text('retry_on')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  for (const word of on)
    if (!RETRY_ON.includes(word)) fields.problem(`"${word}" is not supported by the gateway`, 'retry_on');
  const plan: RetryPlan = {
    on: new Set(on),
    statuses: fields.list('retriable_status_codes').map(Number),
    retriesMax: fields.count('num_retries', 1),
    perTryTimeoutMs: fields.durationMs('per_try_timeout', 0),
  };
  fields.done();
  return plan;
}

function readRedirect(fields: Fields, prefix: string): RedirectPlan {
  const code = fields.choice('response_code', Object.keys(REDIRECT_STATUS), 'MOVED_PERMANENTLY');
  const scheme = fields.flag('https_redirect') ? 'https' : fields.text('scheme_redirect');
  const plan: RedirectPlan = {
    kind: 'redirect',
    status: REDIRECT_STATUS[code] as number,
    ...(scheme === '' ? {} : { scheme }),
    ...(fields.has('host_redirect') ? { host: fields.text('host_redirect') } : {}),
    ...(fields.has('port_redirect') ? { port: fields.count('port_redirect', 0) } : {}),
    ...(fields.has('path_redirect') ? { path: fields.text('path_redirect') } : {}),
    ...(fields.has('prefix_rewrite') ? { prefixRewrite: { prefix, to: fields.text('prefix_rewrite') } } : {}),
    stripQuery: fields.flag('strip_query'),
  };
  fields.done();
  return plan;
}

function readDirect(fields: Fields): DirectPlan {
  const body = fields.message('body');
  const plan: DirectPlan = { kind: 'direct', status: fields.count('status', 0), body: body.text('inline_string') };
  if (plan.status < 200 || plan.status > 599) fields.problem('must be 200 to 599', 'status');
  body.done();
  fields.done();
  return plan;
}
