import { z } from 'zod';
import { plainText } from '../scalars.js';
import { object } from '../schema.js';

/** `region/zone/subzone`, of which the last may be `*` or left out. */
const locality = z
  .string()
  .regex(/^(\*|[^/*]+(\/[^/*]+){0,2}(\/\*)?)$/, 'is not a locality, write for example eu-west/zone-1/*')
  .refine((text) => text.split('/').length <= 3, 'has more than region, zone and subzone');

const region = plainText.regex(
  /^[^/*]+$/,
  'is not a region, of which alone failover speaks: write for example eu-west',
);

const distribute = object({
  from: locality,
  to: z.record(locality, z.int().min(1).max(100)).superRefine((to, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    const sum = Object.values(to).reduce((all, weight) => all + weight, 0);
    if (sum !== 100) refuse(`the weights add up to ${sum}, they must be 100 together`);
    const overlap = overlapIn(Object.keys(to));
    if (overlap) refuse(overlap);
  }),
});

const failover = object({ from: region, to: region }).refine(
  ({ from, to }) => from !== to,
  'leads to the region itself, write another in `to`',
);

/** A label, whose value the caller must share, or a label with the value that an instance must have. */
const priorityLabel = z.string().regex(/^[^=\s]+(=[^=]*)?$/, 'is not a label, write for example version or version=v1');

const topologyLabels = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
] as const;

/** Where, of several places, calls go. */
export const localityLbSetting = object({
  enabled: z.boolean().optional(),
  distribute: z.array(distribute).optional(),
  failover: z.array(failover).optional(),
  failoverPriority: z.array(priorityLabel).optional(),
}).superRefine(({ distribute = [], failover = [], failoverPriority = [] }, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (distribute.length > 0 && failover.length + failoverPriority.length > 0)
    refuse('write distribute, or failover and failoverPriority: weights and priorities do not go together');
  const topology = failoverPriority.find((label) => (topologyLabels as readonly string[]).includes(label));
  if (failover.length > 0 && topology)
    refuse(`has failover between regions and the label ${topology} in failoverPriority: write only one of them`);
  const overlap = overlapIn(distribute.map(({ from }) => from));
  if (overlap) refuse(overlap);
});
export type LocalityLbSetting = z.output<typeof localityLbSetting>;

/** Whether a place, as nodes and instances write their zone, lies within a locality. */
export function isWithin(zone: string, locality: string): boolean {
  const names = zone.split('/');
  return locality === '*' || locality.split('/').every((name, index) => name === '*' || name === names[index]);
}

/** What calls prefer: the same subzone, zone or region, and then others. */
export function distance(from: string, to: string): 0 | 1 | 2 | 3 {
  const [region, zone = '', subzone = ''] = from.split('/');
  const [toRegion, toZone = '', toSubzone = ''] = to.split('/');
  if (region !== toRegion) return 3;
  if (zone !== toZone) return 2;
  return subzone === toSubzone ? 0 : 1;
}

/** The labels by which a place is named in `failoverPriority`. */
export function topologyOf(zone: string): Record<string, string> {
  const names = zone.split('/');
  return Object.fromEntries(topologyLabels.flatMap((label, index) => (names[index] ? [[label, names[index]]] : [])));
}

function overlapIn(localities: readonly string[]): string | undefined {
  const open = localities.map((locality) => locality.replace(/\/?\*$/, ''));
  for (const [index, locality] of open.entries())
    for (const [earlier, other] of open.slice(0, index).entries())
      if (isPrefix(locality, other) || isPrefix(other, locality))
        return `${localities[earlier]} and ${localities[index]} overlap, write localities of which none is within another`;
  return undefined;
}

function isPrefix(wide: string, narrow: string): boolean {
  return wide === '' || wide === narrow || narrow.startsWith(`${wide}/`);
}
