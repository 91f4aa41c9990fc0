import { keyOf, type ResourceId } from './resource.js';

/** The resources of one kind, found by name and namespace without a search: a mesh has thousands of them. */
export class Collection<R extends ResourceId = ResourceId> implements Iterable<R> {
  /** In order of namespace/name. */
  readonly all: readonly R[];
  private readonly given: readonly R[];
  private readonly byKey: ReadonlyMap<string, R>;
  private byNamespace: ReadonlyMap<string, readonly R[]> | undefined;
  private byName: ReadonlyMap<string, readonly R[]> | undefined;

  /** `before`: one that may have most of the same. */
  constructor(resources: Iterable<R>, before?: Collection<R>) {
    this.given = [...resources];
    const changed = before?.replacedIn(this.given);
    if (before && changed) {
      this.all = before.all.map((resource) => changed.get(resource) ?? resource);
      this.byKey = new Map([...before.byKey, ...[...changed.values()].map((to): [string, R] => [keyOf(to), to])]);
      return;
    }
    const keyed = this.given.map((resource): [string, R] => [keyOf(resource), resource]);
    keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.all = keyed.map(([, resource]) => resource);
    this.byKey = new Map(keyed);
  }

  /** This very one, where it has the same resources in the same order: what was made of it need not be made again. */
  with(resources: readonly R[]): Collection<R> {
    return this.replacedIn(resources)?.size === 0 ? this : new Collection(resources, this);
  }

  /** Which resource stands in the place of which; undefined where their names differ, too. */
  private replacedIn(resources: readonly R[]): Map<R, R> | undefined {
    if (resources.length !== this.given.length) return undefined;
    const replaced = new Map<R, R>();
    for (const [index, to] of resources.entries()) {
      const from = this.given[index];
      if (from === undefined || from === to) continue;
      if (from.namespace !== to.namespace || from.name !== to.name) return undefined;
      replaced.set(from, to);
    }
    return replaced;
  }

  get(namespace: string, name: string): R | undefined {
    return this.byKey.get(keyOf({ namespace, name }));
  }

  inNamespace(namespace: string): readonly R[] {
    this.byNamespace ??= grouped(this.all, (resource) => resource.namespace);
    return this.byNamespace.get(namespace) ?? [];
  }

  /** Of any namespace. */
  named(name: string): readonly R[] {
    this.byName ??= grouped(this.all, (resource) => resource.name);
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
