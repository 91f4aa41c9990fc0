import { lower } from '../../bytes.js';
import type { Fields } from './fields.js';
import { readLevel } from './level.js';
import { readMirror } from './mirror.js';
import type { Destination, ForwardPlan } from './plan.js';
import { readRetry } from './retry.js';
import { readRewrite } from './rewrite.js';

const ROUTE_TIMEOUT_DEFAULT_MS = 15_000;

/** A route to a cluster; `matched` is the part of the path that a prefix takes the place of, undefined for all of it. */
export function readForward(route: Fields, matched: string | undefined): ForwardPlan {
  const rewrite = readRewrite(route, matched);
  const plan: ForwardPlan = {
    kind: 'forward',
    clusters: readDestinations(route),
    timeoutMs: route.durationMs('timeout', ROUTE_TIMEOUT_DEFAULT_MS),
    ...(route.has('retry_policy') ? { retry: readRetry(route.message('retry_policy')) } : {}),
    ...(rewrite ? { rewrite } : {}),
    ...readHostRewrite(route),
    appendForwardedHost: route.flag('append_x_forwarded_host'),
    mirrors: route.messages('request_mirror_policies').map(readMirror),
    upgrades: readUpgrades(route),
  };
  route.done();
  return plan;
}

function readDestinations(route: Fields): Destination[] {
  if (route.has('cluster') === route.has('weighted_clusters'))
    route.problem('must have either cluster or weighted_clusters; no other is supported by the gateway');
  if (!route.has('weighted_clusters')) {
    const nothing = { remove: [], add: [] };
    const level = { requestHeaders: nothing, responseHeaders: nothing, filterConfigs: new Map() };
    return [{ name: route.text('cluster'), weight: 1, level }];
  }
  const weighted = route.message('weighted_clusters');
  const clusters = weighted.messages('clusters').map((cluster) => {
    const one: Destination = {
      name: cluster.text('name'),
      weight: cluster.count('weight', 0),
      ...readHostRewrite(cluster),
      level: readLevel(cluster),
    };
    cluster.done();
    return one;
  });
  if (clusters.every(({ weight }) => weight === 0)) weighted.problem('must have a weight above 0', 'clusters');
  weighted.done();
  return clusters;
}

function readHostRewrite(fields: Fields): { hostRewrite?: string } {
  const hostRewrite = fields.text('host_rewrite_literal');
  return hostRewrite === '' ? {} : { hostRewrite };
}

/** The protocols of `upgrade_configs`, of a connection manager or a route, and whether a client may change to them. */
export function readUpgrades(fields: Fields): ReadonlyMap<string, boolean> {
  return new Map(
    fields.messages('upgrade_configs').map((config) => {
      const name = lower(config.text('upgrade_type'));
      if (name === 'connect') config.problem('CONNECT is not supported by the gateway', 'upgrade_type');
      const enabled = config.flag('enabled', true);
      config.done();
      return [name, enabled];
    }),
  );
}
