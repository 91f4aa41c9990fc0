import type { Collection } from '../collection.js';
import { rootNamespace } from '../istio.js';
import { onceFor } from '../once-for.js';
import type { DestinationRule, Subset } from './destination-rule-spec.js';
import { isExported } from './export-to.js';
import { fullHost } from './hosts.js';
import { hasLabels } from './labels.js';
import { policyAt, type TrafficPolicy } from './traffic-policy.js';

/** Who calls: the labels are those of the services that share the proxy. */
export interface Calling {
  namespace: string;
  labels: readonly Record<string, string>[];
}

/** What is called, by all of its full names. */
export interface Called {
  namespace: string;
  domains: readonly string[];
}

/** All that one or several rules say together of one host. */
export interface HostRule {
  /** Those that say it. */
  rules: readonly DestinationRule[];
  subsets: readonly Subset[];
  /** What holds at a port, for all instances or those of a subset. */
  policyAt(port: number, subset?: string): TrafficPolicy;
}

/**
 * What is said of calls to a host. The rules of one namespace count, and of none other: of the caller's, else of the
 * service's, else of the root namespace.
 */
export function hostRule(rules: Collection<DestinationRule>, calling: Calling, called: Called): HostRule | undefined {
  if (rules.all.length === 0) return undefined;
  const index = indexOf(rules);
  const exported = (rule: DestinationRule) => isForOthers(rule, calling.namespace);
  const own = (rule: DestinationRule) => isExported(rule, rule.namespace) && isSelected(rule, calling);
  // In the root namespace rules for all would take the place of what a service's own namespace says.
  const isRoot = calling.namespace === rootNamespace;
  const found =
    index.find(calling.namespace, called, isRoot ? (rule) => own(rule) && !exported(rule) : own) ??
    index.find(called.namespace, called, exported) ??
    index.find(rootNamespace, called, exported);
  if (!found) return undefined;
  const deciding = mostSelective(found);
  const [first] = deciding;
  return first && deciding.length === 1 ? byItself(first) : together(deciding);
}

/** Of another namespace; what has a selector is for its own alone. */
function isForOthers({ spec: { exportTo, workloadSelector } }: DestinationRule, to: string): boolean {
  if (workloadSelector) return false;
  return exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(to);
}

function isSelected({ spec: { workloadSelector } }: DestinationRule, { labels }: Calling): boolean {
  if (!workloadSelector) return true;
  return labels.some((each) => hasLabels(each, workloadSelector.matchLabels));
}

/** A rule that selects this caller stands before those for all. */
function mostSelective(rules: readonly DestinationRule[]): readonly DestinationRule[] {
  if (rules.length < 2) return rules;
  const selecting = rules.find(({ spec }) => spec.workloadSelector !== undefined);
  const selector = JSON.stringify(selecting?.spec.workloadSelector);
  return rules.filter(({ spec }) => JSON.stringify(spec.workloadSelector) === selector);
}

const byItself = onceFor((rule: DestinationRule) => together([rule]));

/** Of several rules of one host all subsets count, and the first policy; so does the first of several subsets of a name. */
function together(rules: readonly DestinationRule[]): HostRule {
  const subsets = new Map<string, Subset>();
  for (const subset of rules.flatMap(({ spec }) => spec.subsets))
    if (!subsets.has(subset.name)) subsets.set(subset.name, subset);
  const policy = rules.find(({ spec }) => spec.trafficPolicy)?.spec.trafficPolicy;
  return {
    rules,
    subsets: [...subsets.values()],
    policyAt: (port, subset) => policyAt(policy, subsets.get(subset ?? '')?.trafficPolicy, port),
  };
}

/** The rules of one namespace. */
interface Rules {
  exact: Map<string, DestinationRule[]>;
  /** `*` and what follows it, the longest first. */
  wide: [ending: string, rules: DestinationRule[]][];
}

class RuleIndex {
  private readonly byNamespace = new Map<string, Rules>();

  constructor(all: Collection<DestinationRule>) {
    for (const rule of all) {
      const rules = this.byNamespace.get(rule.namespace) ?? { exact: new Map(), wide: [] };
      this.byNamespace.set(rule.namespace, rules);
      const host = fullHost(rule.spec.host, rule.namespace);
      const same = rules.exact.get(host);
      if (same) same.push(rule);
      else rules.exact.set(host, [rule]);
    }
    for (const rules of this.byNamespace.values())
      rules.wide = [...rules.exact]
        .filter(([host]) => host.startsWith('*'))
        .map(([host, same]): Rules['wide'][number] => [host.slice(1), same])
        .sort(([a], [b]) => b.length - a.length);
  }

  find(
    namespace: string,
    { domains }: Called,
    counts: (rule: DestinationRule) => boolean,
  ): readonly DestinationRule[] | undefined {
    const rules = this.byNamespace.get(namespace);
    if (!rules) return undefined;
    const exact = domains.flatMap((domain) => rules.exact.get(domain) ?? []).filter(counts);
    if (exact.length > 0) return exact.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const [ending, wide] of rules.wide) {
      const found = domains.some((domain) => domain.endsWith(ending)) ? wide.filter(counts) : [];
      if (found.length > 0) return found;
    }
    return undefined;
  }
}

const indexOf = onceFor((rules: Collection<DestinationRule>) => new RuleIndex(rules));
