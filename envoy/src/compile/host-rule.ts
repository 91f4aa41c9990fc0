import { type HostRule, hasLabels, hostRule, type Model, type Resource, type Subset } from '@tollgate/model';
import type { Callee, Instance } from './callees.js';

/** The services that share a node's proxy: what rules say of callers, one of them must be. */
export function callersOf(model: Model, node: Resource<'Node'>): Resource<'Service'>[] {
  return node.spec.services.flatMap((name) => model.of('Service').get(node.namespace, name) ?? []);
}

/** What DestinationRules say of the calls of a node's services, callee by callee. */
export function hostRulesFor(
  model: Model,
  node: Resource<'Node'>,
): (callee: { namespace: string; domains: readonly string[] }) => HostRule | undefined {
  const calling = { namespace: node.namespace, labels: callersOf(model, node).map(({ labels }) => labels) };
  return (callee) => hostRule(model.of('DestinationRule'), calling, callee);
}

/** The instances of a subset. What a service is labelled with, each of its instances is too. */
export function instancesOf({ instances, service }: Callee, { labels }: Subset): readonly Instance[] {
  return instances.filter((instance) => hasLabels({ ...service?.labels, ...instance.labels }, labels));
}
