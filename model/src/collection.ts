import { keyOf, type ResourceId } from './resource.js';

/** The resources of one kind, found by name and namespace without a search: a mesh has thousands of them. */
export class Collection<R extends ResourceId = ResourceId> implements Iterable<R> {
  /** In order of namespace/name. */
  readonly all: readonly R[];
  private readonly byKey: ReadonlyMap<string, R>;
  private readonly byNamespace: ReadonlyMap<string, readonly R[]>;
  private readonly byName: ReadonlyMap<string, readonly R[]>;

  constructor(resources: Iterable<R>) {
    const keyed = [...resources].map((resource): [string, R] => [keyOf(resource), resource]);
    keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.all = keyed.map(([, resource]) => resource);
    this.byKey = new Map(keyed);
    this.byNamespace = grouped(this.all, ({ namespace }) => namespace);
    this.byName = grouped(this.all, ({ name }) => name);
  }

  get(namespace: string, name: string): R | undefined {
    return this.byKey.get(keyOf({ namespace, name }));
  }

  inNamespace(namespace: string): readonly R[] {
    return this.byNamespace.get(namespace) ?? [];
  }

  /** Of any namespace. */
  named(name: string): readonly R[] {
    return this.byName.get(name) ?? [];
  }

  [Symbol.iterator](): Iterator<R> {
    return this.all[Symbol.iterator]();
  }
}

function grouped<R>(resources: readonly R[], wordOf: (resource: R) => string): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const resource of resources) {
    const word = wordOf(resource);
    const group = groups.get(word);
    if (group) group.push(resource);
    else groups.set(word, [resource]);
  }
  return groups;
}
