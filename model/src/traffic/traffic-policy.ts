import { z } from 'zod';
import { onceFor } from '../once-for.js';
import { port } from '../scalars.js';
import { laterField, object, unique } from '../schema.js';
import { clientTls } from './client-tls.js';
import { connectionPool } from './connection-pool.js';
import { loadBalancer } from './load-balancer.js';
import { outlierDetection } from './outlier-detection.js';
import { istioCount, istioDuration } from './scalars.js';

const settings = {
  loadBalancer: loadBalancer.optional(),
  connectionPool: connectionPool.optional(),
  outlierDetection: outlierDetection.optional(),
  tls: clientTls.optional(),
};
const fields = Object.keys(settings) as (keyof typeof settings)[];

const portSettings = object({ port: object({ number: port }), ...settings }).refine(
  (policy) => fields.some((field) => policy[field] !== undefined),
  `says nothing of this port, write one of ${fields.join(', ')}`,
);

const retryBudget = object({
  percent: z.number().min(0).max(100).default(20),
  /** 0 says the same as nothing. */
  minRetryConcurrency: istioCount.transform((count) => count || minRetryConcurrencyDefault).prefault(0),
  budgetInterval: istioDuration.prefault('0s'),
});

const minRetryConcurrencyDefault = 3;

/** How calls to a host, or to a subset of its instances, are made. */
export const trafficPolicy = object({
  ...settings,
  portLevelSettings: unique(z.array(portSettings), 'port', (each) => String(each.port.number)).optional(),
  retryBudget: retryBudget.optional(),
  tunnel: laterField('tunnel'),
  proxyProtocol: laterField('proxyProtocol'),
}).refine((policy) => Object.keys(policy).length > 0, 'is empty, write one of its fields or leave it out');
export type WrittenPolicy = z.output<typeof trafficPolicy>;

/** What a port can have of its own. */
export type PortPolicy = Pick<WrittenPolicy, keyof typeof settings>;

/** What holds for the instances of a host, or of one of its subsets, at one of its ports. */
export type TrafficPolicy = PortPolicy & Pick<WrittenPolicy, 'retryBudget'>;

/**
 * What a rule says of one port. What a port has of its own stands alone: nothing of the host's policy is added to it. A subset
 * takes the place of its host's policy field by field.
 */
export function policyAt(
  host: WrittenPolicy | undefined,
  subset: WrittenPolicy | undefined,
  port: number,
): TrafficPolicy {
  const { policy: ofHost } = atPort(host, port);
  if (!subset) return ofHost;
  const { policy: ofSubset, alone } = atPort(subset, port);
  const kept = alone ? { retryBudget: ofHost.retryBudget } : ofHost;
  return defined({ ...defined(kept), ...ofSubset });
}

const nothing: TrafficPolicy = {};

/** What a policy says of no single port. */
const general = onceFor(({ loadBalancer, connectionPool, outlierDetection, tls, retryBudget }: WrittenPolicy) =>
  defined<TrafficPolicy>({ loadBalancer, connectionPool, outlierDetection, tls, retryBudget }),
);

function atPort(written: WrittenPolicy | undefined, port: number): { policy: TrafficPolicy; alone: boolean } {
  if (!written) return { policy: nothing, alone: false };
  const own = written.portLevelSettings?.find((each) => each.port.number === port);
  if (own) {
    const { port: _, ...policy } = own;
    return { policy: defined(policy), alone: true };
  }
  return { policy: general(written), alone: false };
}

function defined<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}
