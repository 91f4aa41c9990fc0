import type { z } from 'zod';
import type { Collection } from './collection.js';
import type { Mistake } from './mistake.js';
import type { Step } from './reasons.js';
import type { Path, ResourceOf } from './resource.js';

export const apiVersion = 'tollgate.dev/v1';

/** Everything that is known of a kind of document. `kinds.ts` lists the kinds. */
export interface KindDescriptor<Kind extends string = string, Schema extends z.ZodType = z.ZodType> {
  readonly kind: Kind;
  /** What `apiVersion` may say; the first is the one to write. */
  readonly apiVersions: readonly [string, ...string[]];
  /** What `spec` may say; refuses by name what a later release brings (`later` and `laterField` of schema.ts). */
  readonly spec: Schema;
  /** The step of the filters that decides by it, for kinds that say something about calls. */
  readonly step?: Step;
  /** The other documents that it names. */
  references?(resource: ResourceOf<Kind, z.output<Schema>>): Reference[];
  /** The callers that it mentions. */
  consumers?(resource: ResourceOf<Kind, z.output<Schema>>): { path: Path; name: string }[];
  /** The identities that calls can have because of it. */
  identities?(resource: ResourceOf<Kind, z.output<Schema>>): Identities;
  /** The secrets and key sets that it names. */
  secrets?(resource: ResourceOf<Kind, z.output<Schema>>): NamedSecret[];
  /** The modules of filters that it names as files. */
  code?(resource: ResourceOf<Kind, z.output<Schema>>): NamedCode[];
  /** The variables of the host's environment that code of the user's may read because of it. */
  variables?(resource: ResourceOf<Kind, z.output<Schema>>): NamedVariable[];
  /** What else is wrong, or a warning, with documents of this kind that are right by themselves. */
  check?(resources: Collection<ResourceOf<Kind, z.output<Schema>>>, lookup: Lookup): Mistake[];
}

/** A document that another names. */
export interface Reference {
  path: Path;
  kind: 'Service';
  /** Left out: its own. */
  namespace?: string;
  /** Left out: any of the namespace, of which there must be one. */
  name?: string;
}

/** A secret or a key set that a document names and does not hold: an environment variable, or a file beside the document. */
export interface NamedSecret {
  path: Path;
  env?: string;
  file?: string;
  /** Whose secret it is, any of whose secrets will do; key sets stand alone. */
  system?: string;
}

/** A WebAssembly module in a file, relative to the document's place, and what its digest must be. */
export interface NamedCode {
  path: Path;
  file: string;
  sha256?: string;
}

export interface NamedVariable {
  path: Path;
  name: string;
}

export interface Identities {
  /** Names of services and systems. */
  names?: string[];
  /** Providers of JWTs, whose subjects may be any. */
  providers?: JwtProvider[];
}

export interface JwtProvider {
  name: string;
  issuer: string;
  path: Path;
}

/** The other documents, by their kind. */
export interface Lookup {
  of<Kind extends string, Schema extends z.ZodType>(
    kind: KindDescriptor<Kind, Schema>,
  ): Collection<ResourceOf<Kind, z.output<Schema>>>;
}

/** Only for its types: what a descriptor's functions get is what its schema gives. */
export function kind<const Kind extends string, Schema extends z.ZodType>(
  descriptor: KindDescriptor<Kind, Schema>,
): KindDescriptor<Kind, Schema> {
  return descriptor;
}
