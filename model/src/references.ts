import type { Collection } from './collection.js';
import type { KindDescriptor, Lookup, NamedCode, NamedSecret, Reference } from './kind.js';
import { descriptorOf, identitiesOf, type Kind, kinds, type Resource } from './kinds.js';
import { type Mistake, mistake } from './mistake.js';
import type { Model } from './model.js';
import { didYouMean } from './near-word.js';
import { type Providers, providerMistakes, providersIn, subjectProblem } from './subjects.js';

/** Checks that whatever a document names is there: a dangling reference would silently govern nothing. */
export function checkReferences(model: Model): Mistake[] {
  const known = knownCallers(model);
  const lookup: Lookup = { of: (descriptor) => ofKind(model, descriptor) };
  const mistakes = kinds.flatMap((kind) => {
    const descriptor: KindDescriptor = descriptorOf(kind);
    const resources = model.of(kind);
    const named = resources.all.flatMap((resource) => [
      ...(descriptor.references?.(resource) ?? []).flatMap((reference) => missing(model, resource, reference)),
      ...(descriptor.consumers?.(resource) ?? []).flatMap(({ path, name }) => {
        const problem = consumerProblem(known, name);
        return problem ? [mistake(resource, path, problem)] : [];
      }),
    ]);
    return [...named, ...(descriptor.check?.(resources, lookup) ?? [])];
  });
  return [...mistakes, ...providerMistakes(model), ...readableSecrets(model)];
}

/** The secrets and key sets that a document names. */
export function secretsOf(resource: Resource): NamedSecret[] {
  return (descriptorOf(resource.kind) as KindDescriptor).secrets?.(resource) ?? [];
}

/** The modules of filters that a document names as files. */
export function codeOf(resource: Resource): NamedCode[] {
  return (descriptorOf(resource.kind) as KindDescriptor).code?.(resource) ?? [];
}

/** The files that a document names, relative to where it stands itself: data, no policies. */
export function filesOf(resource: Resource): string[] {
  return [...secretsOf(resource), ...codeOf(resource)].flatMap(({ file }) => file ?? []);
}

/** Code of the user's that reads the environment may read no secret there. */
function readableSecrets(model: Model): Mistake[] {
  const secrets = new Map(
    model.resources.flatMap((resource) =>
      secretsOf(resource).flatMap(({ env }): [string, Resource][] => (env === undefined ? [] : [[env, resource]])),
    ),
  );
  return model.resources.flatMap((resource) =>
    ((descriptorOf(resource.kind) as KindDescriptor).variables?.(resource) ?? []).flatMap(({ path, name }) => {
      const owner = secrets.get(name);
      if (!owner) return [];
      const message = `"${name}" holds a secret of ${owner.kind} "${owner.name}", which a plugin may not read`;
      return [mistake(resource, path, message)];
    }),
  );
}

function ofKind<D extends KindDescriptor>(model: Model, { kind }: D) {
  return model.of(kind as Kind) as unknown as Collection<never>;
}

function missing(model: Model, from: Resource, reference: Reference): Mistake[] {
  const { kind, path, name, namespace = from.namespace } = reference;
  const known = model.of(kind);
  if (name === undefined) {
    if (known.inNamespace(namespace).length > 0) return [];
    return [mistake(from, path, `governs nothing: there is no ${kind} in namespace ${namespace}`)];
  }
  if (known.get(namespace, name)) return [];
  const where = namespace === 'default' ? '' : ` in namespace ${namespace}`;
  const names = known.inNamespace(namespace).map((resource) => resource.name);
  const hint = didYouMean(name, names) || `, write a ${kind} document for it`;
  return [mistake(from, path, `there is no ${kind} "${name}"${where}${hint}`)];
}

/** Every identity that a call can have. */
interface Callers {
  names: Set<string>;
  providers: Providers;
}

function knownCallers(model: Model): Callers {
  const names = model.resources.flatMap((resource) => identitiesOf(resource).names ?? []);
  return { names: new Set(['anonymous', ...names]), providers: providersIn(model) };
}

/** A consumer that no policy can verify and no service is called never matches. */
function consumerProblem({ names, providers }: Callers, name: string): string | undefined {
  if (name.startsWith('jwt:')) return subjectProblem(providers, name);
  if (names.has(name) || name.startsWith('spiffe://')) return undefined;
  return `there is no system or service "${name}"${didYouMean(name, names) || ', name a system id of a TokenPolicy or a Service'}`;
}
