/** Steps into a document: field names and list indices. */
export type Path = readonly (string | number)[];

/** Which document: kinds, namespaces and names tell them apart. */
export interface ResourceId {
  kind: string;
  namespace: string;
  name: string;
}

/**
 * One checked document as plain data, whether it came from a file, a database or a call of an API: it can be written as JSON
 * and read again. Where it came from is kept beside it by whoever read it.
 */
export interface ResourceOf<Kind extends string, Spec> extends ResourceId {
  kind: Kind;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** As its kind's schema gives it: defaults filled in, durations in ms. */
  spec: Spec;
}

/** `namespace/name`: how a resource is named everywhere behind the policy files. */
export function keyOf(resource: { namespace: string; name: string }): string {
  return `${resource.namespace}/${resource.name}`;
}

export function formatPath(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}
