import { Collection } from './collection.js';
import type { KindDescriptor } from './kind.js';
import { descriptorOf, type Kind, kinds, type Resource, type Spec } from './kinds.js';
import { onceFor } from './once-for.js';
import type { PolicySpec, Side } from './policy/shape.js';
import { TargetIndex } from './targets.js';
import { HostIndex } from './traffic/hosts.js';

/** The kinds whose documents govern services: with targets, a side, a mode and examples. */
export type PolicyKind = { [K in Kind]: Spec<K> extends PolicySpec ? K : never }[Kind];
export type Policy = Resource<PolicyKind>;

type Hosts = HostIndex<Resource<'Service' | 'ServiceEntry'>>;

/** By the services, of which most models have the same as the one before. */
const hostIndices = onceFor((services: Collection<Resource<'Service'>>) =>
  onceFor(
    (entries: Collection<Resource<'ServiceEntry'>>): Hosts =>
      new HostIndex<Resource<'Service' | 'ServiceEntry'>>(services, entries),
  ),
);

/** Everything that is said: checked documents, of which no two have the same kind, namespace and name. */
export class Model {
  private readonly collections = new Map<Kind, Collection<Resource>>();
  private readonly targets = new Map<Kind, TargetIndex<Policy>>();

  /** `before`: one that may say most of the same. What was made of that need not be made again. */
  constructor(resources: readonly Resource[], before?: Model) {
    const byKind = new Map<Kind, Resource[]>(kinds.map((kind) => [kind, []]));
    for (const resource of resources) byKind.get(resource.kind)?.push(resource);
    for (const [kind, found] of byKind)
      this.collections.set(kind, before?.collections.get(kind)?.with(found) ?? new Collection(found));
  }

  of<K extends Kind>(kind: K): Collection<Resource<K>> {
    return this.collections.get(kind) as unknown as Collection<Resource<K>>;
  }

  /** The policies of a kind that govern calls to a service on one side of them, in order of namespace/name. */
  governing<K extends PolicyKind>(
    kind: K,
    service: Resource<'Service'>,
    side: Exclude<Side, 'both'>,
  ): readonly Resource<K>[] {
    if (this.of(kind).all.length === 0) return [];
    let index = this.targets.get(kind);
    if (!index) {
      index = new TargetIndex(this.of(kind) as unknown as Collection<Policy>);
      this.targets.set(kind, index);
    }
    const governing = index.governing(service).filter(({ spec }) => spec.side === side || spec.side === 'both');
    return governing as Resource<K>[];
  }

  /** Finds the service or the entry that a host leads to. */
  get hosts(): Hosts {
    return hostIndices(this.of('Service'))(this.of('ServiceEntry'));
  }

  /** The same services and nodes, with no other policies than these. */
  withPolicies(policies: readonly Resource[]): Model {
    const model = new Model(policies);
    for (const [kind, collection] of this.collections) if (!decides({ kind })) model.collections.set(kind, collection);
    return model;
  }

  /** Every document, kind by kind. */
  get resources(): Resource[] {
    return kinds.flatMap((kind) => [...this.of(kind)]);
  }
}

/** Whether documents of a kind decide about calls. */
export function decides({ kind }: Pick<Resource, 'kind'>): boolean {
  return (descriptorOf(kind) as KindDescriptor).step !== undefined;
}

export function isPolicy(resource: Resource): resource is Policy {
  return 'examples' in resource.spec;
}

export function policiesOf(model: Model): Policy[] {
  return model.resources.filter(isPolicy);
}
