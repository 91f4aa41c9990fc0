import { isIP } from 'node:net';
import type { ClusterFeature } from '../feature.js';

/** How the names of an entry are resolved: as their records live, to an address of version 4 where there is one. */
export const resolution: ClusterFeature = ({ callee: { entry, instances } }) => {
  if (!entry || instances.every(({ address }) => isIP(address) !== 0)) return undefined;
  return {
    // The first address alone, at the time of a connection, which stays when the records change.
    ...(entry.spec.resolution === 'DNS_ROUND_ROBIN' ? { type: 'LOGICAL_DNS' as const } : {}),
    respect_dns_ttl: true,
    // To a network without IPv6 that would be an address that nobody can be reached at.
    dns_lookup_family: 'V4_PREFERRED',
  };
};
