import { type HostRule, hasLabels, hostRule, type Model, type Resource, type Subset } from '@tollgate/model';
import type { Callee, Instance } from './callees.js';

/** What DestinationRules say of the calls of a node's services to a callee. */
export function hostRuleOf(model: Model, node: Resource<'Node'>, callee: Callee): HostRule | undefined {
  const services = node.spec.services.flatMap((name) => model.of('Service').get(node.namespace, name) ?? []);
  const calling = { namespace: node.namespace, labels: services.map(({ labels }) => labels) };
  return hostRule(model.of('DestinationRule'), calling, callee);
}

/** The instances of a subset. What a service is labelled with, each of its instances is too. */
export function instancesOf({ instances, service }: Callee, { labels }: Subset): readonly Instance[] {
  return instances.filter((instance) => hasLabels({ ...service?.labels, ...instance.labels }, labels));
}
