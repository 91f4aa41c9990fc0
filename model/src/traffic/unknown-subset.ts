import type { Collection } from '../collection.js';
import type { Lookup } from '../kind.js';
import type { ServiceResource } from '../service.js';
import type { Destination } from './destination.js';
import { destinationRule } from './destination-rule.js';
import type { DestinationRule } from './destination-rule-spec.js';
import { fullHost, hostsOf } from './hosts.js';
import type { ServiceEntryResource } from './service-entry.js';

/** What is wrong with the subset of a destination: no rule of its host has one of this name, in any namespace. */
export function subsetProblem(
  { host, subset }: Destination,
  called: ServiceResource | ServiceEntryResource,
  lookup: Lookup,
): string | undefined {
  if (subset === undefined) return undefined;
  const rules = rulesOf(hostsOf(called), lookup.of(destinationRule));
  const names = rules.flatMap(({ spec }) => spec.subsets.map(({ name }) => name));
  if (names.includes(subset)) return undefined;
  const known = names.length > 0 ? `, only ${[...new Set(names)].join(', ')}` : '';
  return `no DestinationRule of the host "${host}" has a subset "${subset}"${known}`;
}

function rulesOf(hosts: readonly string[], rules: Collection<DestinationRule>): DestinationRule[] {
  return rules.all.filter(({ namespace, spec }) => {
    const host = fullHost(spec.host, namespace);
    return host.startsWith('*') ? hosts.some((each) => each.endsWith(host.slice(1))) : hosts.includes(host);
  });
}
