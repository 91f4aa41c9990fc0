import { z } from 'zod';
import type { SourceDocument } from './document.js';
import { apiVersionsOf, isKind, type Kind, kinds, type Spec, unknownKind } from './kinds.js';
import type { Mistake } from './mistake.js';
import type { Path, Resource } from './resource.js';
import { name } from './scalars.js';
import { describe, object } from './schema.js';

const metadata = object({
  name,
  namespace: name.default('default'),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
});

/** Checks one document by itself: its outer shape, its kind, its fields. References to other documents come later. */
export function checkDocument(document: SourceDocument): { resource?: Resource; mistakes: Mistake[] } {
  const { value } = document;
  const refuse = (path: Path, message: string) => ({ mistakes: [document.mistake(path, message)] });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse([], `is ${describe(value)}, not a policy: write apiVersion, kind, metadata and spec`);
  }
  const { kind } = value as { kind?: unknown };
  if (typeof kind !== 'string') return refuse(['kind'], `is required, write one of ${Object.keys(kinds).join(', ')}`);
  if (!isKind(kind)) return refuse(['kind'], unknownKind(kind));
  const shape = object({
    apiVersion: z.literal([...apiVersionsOf(kind)], { error: () => `must be ${apiVersionsOf(kind)[0]}` }),
    kind: z.literal(kind),
    metadata,
    spec: kind === 'Service' ? kinds.Service.prefault({}) : kinds[kind],
  });
  const checked = shape.safeParse(value, { reportInput: true });
  if (!checked.success) return { mistakes: mistakesIn(document, checked.error) };
  const { namespace, name: ownName, labels, annotations } = checked.data.metadata;
  const spec = checked.data.spec as Spec<Kind>;
  return {
    resource: {
      kind,
      namespace,
      name: ownName,
      labels,
      annotations,
      spec,
      file: document.file,
      mistake: document.mistake,
    },
    mistakes: [],
  };
}

/** What a schema found wrong with a document, each at its place. The value must have been parsed with `reportInput`. */
export function mistakesIn(document: SourceDocument, error: z.core.$ZodError): Mistake[] {
  return error.issues.flatMap((issue) => mistakesOf(document, issue, []));
}

type Issue = z.core.$ZodIssue;

function mistakesOf(document: SourceDocument, issue: Issue, above: Path): Mistake[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    const [first = ''] = issue.keys;
    const rest = issue.keys.slice(1).map((key) => document.mistake([...path, key], `unknown field "${key}"`));
    return [document.mistake([...path, first], issue.message), ...rest];
  }
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue);
    if (nearest) return nearest.flatMap((inner) => mistakesOf(document, inner, path));
  }
  if (issue.code === 'invalid_key') return [document.mistake(path, issue.issues[0]?.message ?? issue.message)];
  return [document.mistake(path, messageOf(issue))];
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
  if (issue.code === 'too_small' && issue.origin !== 'array') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big' && issue.origin !== 'array') return `must be at most ${issue.maximum}`;
  if (issue.code !== 'invalid_type') return issue.message;
  const wanted =
    { array: 'a list', object: 'a mapping', record: 'a mapping', int: 'a whole number' }[issue.expected as string] ??
    `a ${issue.expected}`;
  if (issue.input === undefined) return `is required, write ${wanted}`;
  return `must be ${wanted}, not ${describe(issue.input)}`;
}
