import { z } from 'zod';
import type { Collection } from './collection.js';
import { rootNamespace } from './istio.js';
import type { Reference } from './kind.js';
import { type Mistake, mistake, warning } from './mistake.js';
import { didYouMean } from './near-word.js';
import type { ResourceOf } from './resource.js';
import { name } from './scalars.js';
import { laterField, object, oneOf } from './schema.js';
import type { ServiceResource } from './service.js';
import { hasLabels } from './traffic/labels.js';

const matchLabels = z.record(z.string().min(1), z.string()).superRefine((labels, context) => {
  for (const [label, value] of Object.entries(labels)) {
    if (!`${label}${value}`.includes('*')) continue;
    const message = 'has a wildcard, which selectors do not know: write the label in full';
    context.addIssue({ code: 'custom', path: [label], message });
  }
});

const targetRef = object({
  group: oneOf('', 'core').optional(),
  kind: oneOf('Service'),
  name,
  namespace: name.optional(),
});

/** How Istio's documents say which workloads they are for; without any of it they are for all of their namespace. */
export const istioTargets = {
  selector: object({ matchLabels: matchLabels.default({}) }).optional(),
  targetRefs: z.array(targetRef).min(1).max(16).optional(),
  targetRef: laterField('targetRef (write targetRefs instead)'),
};

type Targets = z.output<ReturnType<typeof object<typeof istioTargets>>>;
type Targeted = ResourceOf<string, Targets>;

export function oneTarget({ selector, targetRefs }: Pick<Targets, 'selector' | 'targetRefs'>): boolean {
  return selector === undefined || targetRefs === undefined;
}
export const oneTargetMessage = 'write only one of `selector` and `targetRefs`';

/** Whether a document is for the workload of a service. */
export function isFor({ namespace, spec }: Targeted, service: Pick<ServiceResource, 'namespace' | 'name' | 'labels'>) {
  if (spec.targetRefs)
    return namespace === service.namespace && spec.targetRefs.some((target) => target.name === service.name);
  return (
    (namespace === service.namespace || namespace === rootNamespace) &&
    hasLabels(service.labels, spec.selector?.matchLabels ?? {})
  );
}

export function targetReferences({ namespace: own, spec: { targetRefs = [] } }: Targeted): Reference[] {
  return targetRefs.flatMap(({ name, namespace = own }, index) =>
    namespace === own ? [{ path: ['spec', 'targetRefs', index, 'name'], kind: 'Service', name }] : [],
  );
}

/** What is wrong with the targets of documents, beyond services that do not exist. */
export function checkTargets(documents: readonly Targeted[], services: Collection<ServiceResource>): Mistake[] {
  return documents.flatMap((document) => [...foreignTargets(document), ...selectsNobody(document, services)]);
}

function foreignTargets(document: Targeted): Mistake[] {
  const { namespace: own, spec } = document;
  return (spec.targetRefs ?? []).flatMap(({ namespace = own }, index) =>
    namespace === own
      ? []
      : [
          mistake(
            document,
            ['spec', 'targetRefs', index, 'namespace'],
            `must be ${own}, the namespace of this document`,
          ),
        ],
  );
}

/** Istio takes such a document and does nothing with it; what it should protect is then unprotected. */
function selectsNobody(document: Targeted, services: Collection<ServiceResource>): Mistake[] {
  const { namespace, spec } = document;
  if (spec.targetRefs) return [];
  const everywhere = namespace === rootNamespace;
  const where = everywhere ? '' : ` in namespace ${namespace}`;
  let left = everywhere ? services.all : services.inNamespace(namespace);
  if (left.length === 0) return [warning(document, ['metadata'], `governs nothing: there is no Service${where}`)];
  for (const [label, value] of Object.entries(spec.selector?.matchLabels ?? {})) {
    const having = left.filter(({ labels }) => labels[label] === value);
    if (having.length === 0) {
      const pairs = left.flatMap(({ labels }) => Object.entries(labels).map((pair) => pair.join(': ')));
      const message = `selects nothing: no Service${where} has the label "${label}: ${value}"${didYouMean(`${label}: ${value}`, pairs)}`;
      return [warning(document, ['spec', 'selector', 'matchLabels', label], message)];
    }
    left = having;
  }
  return [];
}
