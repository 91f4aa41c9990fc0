import { z } from 'zod';
import { apiVersion, type KindDescriptor } from './kind.js';
import { descriptorOf, isKind, type Kind, kinds, type Resource, unknownKind } from './kinds.js';
import { type Mistake, mistake } from './mistake.js';
import type { Path, ResourceId } from './resource.js';
import { name } from './scalars.js';
import { describe, object } from './schema.js';

const metadataFields = {
  name,
  namespace: name.default('default'),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
};
const metadata = object(metadataFields);

/** What a Kubernetes API server adds to the documents that it stores: `kubectl get -o yaml` shows it, and it says nothing here. */
const serverMetadata = [
  ...[
    'creationTimestamp',
    'deletionGracePeriodSeconds',
    'deletionTimestamp',
    'finalizers',
    'generateName',
    'generation',
  ],
  ...['managedFields', 'ownerReferences', 'resourceVersion', 'selfLink', 'uid'],
];
const ignored = (names: readonly string[]) => Object.fromEntries(names.map((each) => [each, z.unknown().optional()]));
const storedMetadata = object({ ...metadataFields, ...ignored(serverMetadata) }, serverMetadata);

/** A document, checked by itself: either it is a resource, or there are mistakes. */
export interface CheckedDocument {
  resource?: Resource;
  mistakes: Mistake[];
}

/**
 * Checks one document as it was written, parsed from YAML or JSON: its outer shape, its kind, its fields. References to other
 * documents come later.
 */
export function checkDocument(written: unknown): CheckedDocument {
  const refuse = (path: Path, message: string) => ({ mistakes: [mistake(idOf(written), path, message)] });
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    return refuse([], `is ${describe(written)}, not a policy: write apiVersion, kind, metadata and spec`);
  }
  const { kind } = written as { kind?: unknown };
  if (typeof kind !== 'string') return refuse(['kind'], `is required, write one of ${kinds.join(', ')}`);
  if (!isKind(kind)) return refuse(['kind'], unknownKind(kind));
  const checked = shapeOf(kind).safeParse(written, { reportInput: true });
  if (!checked.success) {
    const mistakes = mistakesIn(checked.error).map(({ path, message }) => mistake(idOf(written), path, message));
    return { mistakes };
  }
  const { namespace, name, labels, annotations } = checked.data.metadata;
  const resource = { kind, namespace, name, labels, annotations, spec: checked.data.spec } as Resource;
  return { resource, mistakes: [] };
}

/** Made once for each kind: a schema costs more to make than a document to check. */
const shapes = new Map<Kind, ReturnType<typeof makeShape>>();

export function shapeOf(kind: Kind): ReturnType<typeof makeShape> {
  const shape = shapes.get(kind) ?? makeShape(descriptorOf(kind));
  shapes.set(kind, shape);
  return shape;
}

function makeShape({ kind, apiVersions, spec }: KindDescriptor) {
  const own = apiVersions[0] === apiVersion;
  return object(
    {
      apiVersion: z.literal([...apiVersions], { error: () => `must be ${apiVersions[0]}` }),
      kind: z.literal(kind),
      metadata: own ? metadata : storedMetadata,
      spec,
      ...(own ? {} : { status: z.unknown().optional() }),
    },
    own ? [] : ['status'],
  );
}

/** What a document is, as far as it says so. */
function idOf(written: unknown): ResourceId | undefined {
  const { kind, metadata } = (written ?? {}) as { kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } };
  const { name, namespace = 'default' } = metadata ?? {};
  if (typeof kind !== 'string' || typeof name !== 'string' || typeof namespace !== 'string') return undefined;
  return { kind, namespace, name };
}

/** What a schema found wrong, each at its place. The value must have been parsed with `reportInput`. */
export function mistakesIn(error: z.core.$ZodError): Mistake[] {
  return error.issues.flatMap((issue) => mistakesOf(issue, []));
}

type Issue = z.core.$ZodIssue;

function mistakesOf(issue: Issue, above: Path): Mistake[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    const [first = '', ...others] = issue.keys;
    const rest = others.map((key) => mistake(undefined, [...path, key], `unknown field "${key}"`));
    return [mistake(undefined, [...path, first], issue.message), ...rest];
  }
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue);
    if (nearest) return nearest.flatMap((inner) => mistakesOf(inner, path));
  }
  if (issue.code === 'invalid_key') return [mistake(undefined, path, issue.issues[0]?.message ?? issue.message)];
  return [mistake(undefined, path, messageOf(issue))];
}

/** Of `a word | {an: object}` the branch whose type was meant: the one that complains of something inside, not of the type itself. */
function nearestBranch(issue: Issue & { code: 'invalid_union' }): Issue[] | undefined {
  const inside = issue.errors.filter(
    (branch) =>
      !branch.some(
        (inner) => inner.path.length === 0 && (inner.code === 'invalid_type' || inner.code === 'invalid_value'),
      ),
  );
  return inside.length === 1 ? inside[0] : undefined;
}

function messageOf(issue: Issue): string {
  // Only where the schema has no words of its own: zod's speak of its types.
  if (!/^(Invalid|Too)\b/.test(issue.message)) return issue.message;
  if (issue.code === 'too_small') return tooSmall(issue.origin, Number(issue.minimum));
  if (issue.code === 'too_big') return tooBig(issue.origin, Number(issue.maximum));
  if (issue.code !== 'invalid_type') return issue.message;
  const { input } = issue;
  if (issue.expected === 'int' && typeof input === 'number') return `must be a whole number, not ${input}`;
  if (issue.expected === 'string' && ['number', 'boolean'].includes(typeof input))
    return `is ${describe(input)}, put it in quotes to make it text`;
  return `is ${input === undefined ? 'required' : describe(input)}, write ${toWrite[issue.expected as string] ?? issue.expected}`;
}

/** What to write where a schema expects one of zod's types. */
const toWrite: Record<string, string> = {
  array: 'a list, each item after "- "',
  record: 'a mapping of names to values',
  number: 'a number, without quotes',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
};

function tooSmall(origin: string, least: number): string {
  if (origin === 'array') return least === 1 ? 'is empty, write at least one item' : `needs at least ${least} items`;
  if (origin === 'string') return 'is empty, write some text';
  return `must be at least ${least}`;
}

function tooBig(origin: string, most: number): string {
  if (origin === 'array') return `has more than ${most} items`;
  if (origin === 'string') return `is longer than ${most} characters`;
  return `must be at most ${most}`;
}
