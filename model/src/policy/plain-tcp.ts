import type { Match } from '../match.js';
import { type Mistake, mistake, warning } from '../mistake.js';
import type { Path, ResourceOf } from '../resource.js';
import { isPlainTcp, type ServiceResource } from '../service.js';

type Policy = ResourceOf<string, { targetRefs?: unknown }>;

/** What a policy asks that nobody knows of a connection. */
export interface Unknowable {
  path: Path;
  /** What it is about, and what to write instead. */
  message: string;
  /** A rule with it fits no connection, and others may. */
  condition?: true;
}

/** Conditions that a connection can fulfil. */
const ofConnections: readonly string[] = ['addresses', 'consumers'];

/** The conditions of matches that no connection fulfils. */
export function unknowableMatches(ruled: string, items: readonly { match?: Match | undefined }[]): Unknowable[] {
  return items.flatMap(({ match = [] }, index) =>
    match.flatMap((conditions, at) =>
      Object.entries(conditions)
        .filter(([field, value]) => value !== undefined && !ofConnections.includes(field))
        .map(([field]) => ({
          path: ['spec', ruled, index, 'match', at, field],
          message: `a connection has no ${field}, match addresses or consumers`,
          condition: true as const,
        })),
    ),
  );
}

/** Of every call, so that a policy of this kind says nothing of plain TCP. */
export const nothingKnown: Unknowable[] = [
  {
    path: ['spec'],
    message: 'AccessPolicy (addresses) and RateLimitPolicy (concurrent) govern connections, no other kind does',
  },
];

/**
 * A policy that plain TCP cannot be governed by is refused where it names such a service or nothing else. Where it governs
 * other services or ports as well, a warning says which it leaves alone.
 */
export function plainTcpMistakes(
  policy: Policy,
  governed: readonly ServiceResource[],
  unknowable: readonly Unknowable[],
): Mistake[] {
  const plain = governed.filter(({ spec }) => isPlainTcp(spec));
  const refused = plain.length > 0 && (policy.spec.targetRefs !== undefined || plain.length === governed.length);
  if (refused)
    return unknowable.map(({ path, message }) =>
      mistake(policy, path, `Service "${plain[0]?.name}" is plain TCP: ${message}`),
    );
  const left = governed.map(plainPart).find((part) => part !== undefined);
  if (left === undefined) return [];
  return unknowable
    .filter(({ condition }) => !condition)
    .map(({ path, message }) => warning(policy, path, `does not apply to ${left}, which is plain TCP: ${message}`));
}

function plainPart({ name, spec }: ServiceResource): string | undefined {
  if (isPlainTcp(spec)) return `Service "${name}"`;
  const port = spec.ports.find(({ protocol }) => protocol === 'TCP');
  return port && `the port "${port.name}" of Service "${name}"`;
}
