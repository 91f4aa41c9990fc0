import type { PolicySpec } from './policy/shape.js';
import { keyOf, type ResourceOf } from './resource.js';

type Governing = ResourceOf<string, Pick<PolicySpec, 'targetRefs'>>;

/** Which policies of one kind govern a service: those that name it, and those of its namespace that name none. */
export class TargetIndex<P extends Governing> {
  private readonly byService = new Map<string, P[]>();
  private readonly byNamespace = new Map<string, P[]>();
  private readonly order = new Map<P, number>();

  /** The policies come in order. */
  constructor(policies: Iterable<P>) {
    for (const policy of policies) {
      this.order.set(policy, this.order.size);
      const { targetRefs } = policy.spec;
      if (!targetRefs) add(this.byNamespace, policy.namespace, policy);
      const services = (targetRefs ?? []).map(({ name, namespace = policy.namespace }) => keyOf({ namespace, name }));
      for (const service of new Set(services)) add(this.byService, service, policy);
    }
  }

  governing(service: { namespace: string; name: string }): readonly P[] {
    const named = this.byService.get(keyOf(service)) ?? [];
    const unnamed = this.byNamespace.get(service.namespace) ?? [];
    if (named.length === 0) return unnamed;
    if (unnamed.length === 0) return named;
    const at = (policy: P) => this.order.get(policy) ?? 0;
    return [...named, ...unnamed].sort((a, b) => at(a) - at(b));
  }
}

function add<P>(lists: Map<string, P[]>, key: string, policy: P): void {
  const list = lists.get(key);
  if (list) list.push(policy);
  else lists.set(key, [policy]);
}
