import type { Collection } from '../collection.js';
import type { Lookup } from '../kind.js';
import { type Mistake, warning } from '../mistake.js';
import type { Path } from '../resource.js';
import { type ServiceResource, service } from '../service.js';
import type { DestinationRule } from './destination-rule-spec.js';
import { HostIndex } from './hosts.js';
import { hasLabels } from './labels.js';
import { type ServiceEntryResource, serviceEntry } from './service-entry.js';
import type { PortPolicy, WrittenPolicy } from './traffic-policy.js';

type Called = ServiceResource | ServiceEntryResource;

/** What Istio takes, and what does not do what its writer may expect. */
export function destinationWarnings(rules: Collection<DestinationRule>, lookup: Lookup): Mistake[] {
  const hosts = new HostIndex<Called>(lookup.of(service), lookup.of(serviceEntry));
  const earlier = new Map<string, DestinationRule[]>();
  return rules.all.flatMap((rule) => {
    const found = hosts.find(rule.spec.host, rule.namespace);
    return [
      ...(found || rule.spec.host.startsWith('*') ? [] : [unknownHost(rule)]),
      ...alreadySaid(rule, earlier, found),
      ...(found ? [...emptySubsets(rule, found), ...unknownPorts(rule, found)] : []),
      ...policiesOf(rule).flatMap(({ policy, path }) => ofPolicy(rule, policy, path)),
    ];
  });
}

function unknownHost(rule: DestinationRule): Mistake {
  return warning(
    rule,
    ['spec', 'host'],
    `there is no service with the host ${rule.spec.host}: this rule is for nothing`,
  );
}

/** What an earlier rule for the same calls says already: of one host, in one namespace, for the same callers. */
function alreadySaid(
  rule: DestinationRule,
  earlier: Map<string, DestinationRule[]>,
  found: Called | undefined,
): Mistake[] {
  const { host, workloadSelector, trafficPolicy, subsets } = rule.spec;
  // Of an entry each host is called for itself.
  const called = found?.kind === 'Service' ? `${found.namespace}/${found.name}` : host;
  const key = JSON.stringify([rule.namespace, called, workloadSelector]);
  const before = earlier.get(key) ?? [];
  earlier.set(key, [...before, rule]);
  const said = (path: Path, first: DestinationRule | undefined, what: string) =>
    first ? [warning(rule, path, `does not count: DestinationRule "${first.name}" ${what}`)] : [];
  const withPolicy = trafficPolicy && before.find(({ spec }) => spec.trafficPolicy);
  return [
    ...said(['spec', 'trafficPolicy'], withPolicy, `says first how ${host} is called`),
    ...subsets.flatMap(({ name }, index) => {
      const withName = before.find(({ spec }) => spec.subsets.some((subset) => subset.name === name));
      return said(['spec', 'subsets', index, 'name'], withName, 'has a subset of this name first');
    }),
  ];
}

/** Which instances an entry selects changes with the services. */
function emptySubsets(rule: DestinationRule, called: Called): Mistake[] {
  const has =
    called.kind === 'Service'
      ? called.spec.instances.map(({ labels }) => ({ ...called.labels, ...labels }))
      : called.spec.endpoints.map(({ labels }) => labels);
  return rule.spec.subsets.flatMap(({ labels }, index) =>
    has.length === 0 || has.some((each) => hasLabels(each, labels))
      ? []
      : [
          warning(
            rule,
            ['spec', 'subsets', index, 'labels'],
            `no instance of ${called.kind} "${called.name}" has them: calls to this subset get 503`,
          ),
        ],
  );
}

function unknownPorts(rule: DestinationRule, called: Called): Mistake[] {
  const known =
    called.kind === 'Service'
      ? called.spec.ports.map(({ port }) => port)
      : called.spec.ports.map(({ number }) => number);
  return policiesOf(rule).flatMap(({ policy, path }) =>
    (policy.portLevelSettings ?? []).flatMap(({ port: { number } }, index) =>
      known.includes(number)
        ? []
        : [
            warning(
              rule,
              [...path, 'portLevelSettings', index, 'port', 'number'],
              `${called.kind} "${called.name}" has no port ${number}: ${known.join(', ')}`,
            ),
          ],
    ),
  );
}

function policiesOf({ spec }: DestinationRule): { policy: WrittenPolicy; path: Path }[] {
  const all = spec.subsets.map(({ trafficPolicy }, index) => ({
    policy: trafficPolicy,
    path: ['spec', 'subsets', index, 'trafficPolicy'] as Path,
  }));
  return [{ policy: spec.trafficPolicy, path: ['spec', 'trafficPolicy'] }, ...all].flatMap(({ policy, path }) =>
    policy ? [{ policy, path }] : [],
  );
}

function ofPolicy(rule: DestinationRule, policy: WrittenPolicy, path: Path): Mistake[] {
  const ports = (policy.portLevelSettings ?? []).flatMap((settings, index) =>
    ofSettings(rule, settings, [...path, 'portLevelSettings', index]),
  );
  return [...ofSettings(rule, policy, path), ...ports];
}

function ofSettings(rule: DestinationRule, { loadBalancer, outlierDetection }: PortPolicy, path: Path): Mistake[] {
  const { failover = [], failoverPriority = [], enabled } = loadBalancer?.localityLbSetting ?? {};
  const old = (at: Path, instead: string) => warning(rule, [...path, ...at], `is the old name, write ${instead}`);
  return [
    ...(failover.length + failoverPriority.length > 0 && enabled !== false && !outlierDetection
      ? [
          warning(
            rule,
            [...path, 'loadBalancer', 'localityLbSetting'],
            'does nothing without outlierDetection, which tells when the nearest instances do not answer',
          ),
        ]
      : []),
    ...(outlierDetection?.consecutiveErrors !== undefined
      ? [old(['outlierDetection', 'consecutiveErrors'], 'consecutiveGatewayErrors')]
      : []),
    ...(loadBalancer?.consistentHash?.minimumRingSize !== undefined
      ? [old(['loadBalancer', 'consistentHash', 'minimumRingSize'], 'ringHash.minimumRingSize')]
      : []),
    ...(loadBalancer?.warmupDurationSecs !== undefined
      ? [old(['loadBalancer', 'warmupDurationSecs'], 'warmup.duration')]
      : []),
  ];
}
