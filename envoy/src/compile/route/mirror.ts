import type { HttpRoute } from '@tollgate/model';
import type { RouteFeature } from '../feature.js';
import { fraction } from './fraction.js';
import { isSentOn } from './sent-on.js';

/** Copies of calls, whose answers nobody waits for. */
export const mirror: RouteFeature = ({ http, clusterOf }) => {
  const policies = mirrorsOf(http)
    .filter(({ percent }) => percent > 0)
    .map(({ destination, percent }) => ({
      cluster: clusterOf(destination),
      runtime_fraction: { default_value: fraction(percent) },
      // As Istio has it: the copy has the call's own Host, without `-shadow`.
      disable_shadow_host_suffix_append: true,
    }));
  return policies.length > 0 && isSentOn(http) ? { route: { request_mirror_policies: policies } } : undefined;
};

/** All calls where no share is written. */
function mirrorsOf({ mirror, mirrors, mirrorPercentage, mirrorPercent = 100 }: HttpRoute) {
  const first = mirror ? [{ destination: mirror, percent: mirrorPercentage?.value ?? mirrorPercent }] : [];
  return [
    ...first,
    ...mirrors.map(({ destination, percentage }) => ({ destination, percent: percentage?.value ?? 100 })),
  ];
}
