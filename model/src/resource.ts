import type { Kind, Spec } from './kinds.js';
import type { Mistake } from './mistake.js';

/** Steps into a document: field names and list indices. */
export type Path = readonly (string | number)[];

/** One checked document: what it is, where it stands, what it says. */
export interface Resource<K extends Kind = Kind> {
  kind: K;
  namespace: string;
  name: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  spec: Spec<K>;
  /** The file that it stands in, as the user named it. */
  file: string;
  /** A mistake at a place in this document. */
  mistake(path: Path, message: string): Mistake;
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
