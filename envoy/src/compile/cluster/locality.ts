import { distance, isWithin, type LocalityLbSetting, topologyOf } from '@tollgate/model';
import type { ClusterContext, ClusterFeature } from '../feature.js';

/** Where calls may go: an instance with what is known of where it is. */
interface Placed {
  zone?: string | undefined;
  labels?: Record<string, string>;
  weight?: number;
}

/** Instances of one place, which are as near to the caller as each other. */
export interface Locality<Place extends Placed> {
  zone: string;
  places: Place[];
  /** 0 is the nearest; of the others those that answer are called where too few nearer ones do. */
  priority?: number;
  weight?: number;
}

/** Envoy gives localities shares only where it is told to. */
export const localityWeights: ClusterFeature = (context) =>
  isDistributed(context) ? { common_lb_config: { locality_weighted_lb_config: {} } } : undefined;

/** The instances, place by place, with each place’s share of the calls or its rank among the places. */
export function localitiesOf<Place extends Placed>(
  places: readonly Place[],
  context: ClusterContext,
): Locality<Place>[] {
  const localities = byZone(places);
  const setting = settingOf(context);
  if (!setting) return localities;
  if (isDistributed(context)) return distributed(localities, setting, context.node.zone ?? '');
  return context.policy?.outlierDetection ? ranked(localities, setting, context) : localities;
}

/** Istio looks at localities wherever a rule does not turn it off. */
function settingOf({ policy }: ClusterContext): LocalityLbSetting | undefined {
  const setting = policy?.loadBalancer?.localityLbSetting ?? {};
  return setting.enabled === false ? undefined : setting;
}

function isDistributed(context: ClusterContext): boolean {
  return (settingOf(context)?.distribute ?? []).length > 0;
}

function byZone<Place extends Placed>(places: readonly Place[]): Locality<Place>[] {
  const localities = new Map<string, Locality<Place>>();
  for (const place of places) {
    const { zone = '' } = place;
    const same = localities.get(zone);
    if (same) same.places.push(place);
    else localities.set(zone, { zone, places: [place] });
  }
  return [...localities.values()];
}

function distributed<Place extends Placed>(
  localities: Locality<Place>[],
  { distribute = [] }: LocalityLbSetting,
  from: string,
): Locality<Place>[] {
  const shares = distribute.find((each) => isWithin(from, each.from))?.to;
  // For callers elsewhere each place weighs as much as its instances: without a weight it would get nothing.
  if (!shares) return localities.map((each) => ({ ...each, weight: weightOf(each) }));
  return Object.entries(shares).flatMap(([locality, share]) => {
    const within = localities.filter(({ zone }) => isWithin(zone, locality));
    const all = within.reduce((sum, each) => sum + weightOf(each), 0);
    return within.map((each) => ({ ...each, weight: Math.ceil((share * weightOf(each)) / all) }));
  });
}

function weightOf({ places }: Locality<Placed>): number {
  return places.reduce((sum, { weight = 1 }) => sum + weight, 0);
}

/** By labels, by how near they are, or by both, of which the labels count first. Ranks are without gaps, as Envoy wants them. */
function ranked<Place extends Placed>(
  localities: Locality<Place>[],
  { failoverPriority = [], failover = [] }: LocalityLbSetting,
  context: ClusterContext,
): Locality<Place>[] {
  const byLabels = failoverPriority.length > 0;
  const byDistance = failover.length > 0 || !byLabels;
  const split = byLabels ? localities.flatMap((each) => byLabel(each, failoverPriority, context)) : localities;
  const ranks = split.map(({ zone, priority = 0 }) =>
    byDistance ? priority * 5 + rankOf(context.node.zone, zone, failover) : priority,
  );
  const order = [...new Set(ranks)].sort((a, b) => a - b);
  return split.map((each, index) => ({ ...each, priority: order.indexOf(ranks[index] ?? 0) }));
}

/** A caller that is nowhere is as near to all. */
function rankOf(from: string | undefined, to: string, failover: NonNullable<LocalityLbSetting['failover']>): number {
  if (from === undefined) return 0;
  const far = distance(from, to);
  const [region] = from.split('/');
  const next = failover.find((each) => each.from === region)?.to;
  return far === 3 && next !== undefined && next !== to.split('/')[0] ? 4 : far;
}

/** The more of the labels in a row an instance has, the sooner it is called. */
function byLabel<Place extends Placed>(
  { zone, places }: Locality<Place>,
  labels: readonly string[],
  { callee: { service }, node, callers = [] }: ClusterContext,
): Locality<Place>[] {
  const ofCaller: Record<string, string> = Object.assign(
    {},
    ...callers.map(({ labels }) => labels),
    topologyOf(node.zone ?? ''),
  );
  const ranks = new Map<number, Place[]>();
  for (const place of places) {
    const has: Record<string, string> = { ...service?.labels, ...place.labels, ...topologyOf(zone) };
    const differs = labels.findIndex((label) => {
      const [name = '', value = ofCaller[name]] = label.split('=');
      return has[name] !== value;
    });
    const rank = differs < 0 ? 0 : labels.length - differs;
    ranks.set(rank, [...(ranks.get(rank) ?? []), place]);
  }
  return [...ranks].map(([priority, same]) => ({ zone, places: same, priority }));
}
