import type { Match } from '../match.js';
import { networkHolds } from '../network.js';
import type { PathReading } from '../service.js';
import { readPath } from './path-reading.js';

/** One of a rule's alternatives: all of its conditions must hold. */
type Written = NonNullable<Match>[number];
export type Conditions = Omit<Written, 'path'> & { path?: ReturnType<typeof readPath> };

/** A match as the application reads paths. Without one, a rule has one alternative that asks nothing. */
export function alternativesOf(match: Match, reading: PathReading): Conditions[] {
  return (match ?? [{}]).map(({ path, ...rest }) => {
    const read = path && readPath(path, reading);
    // Every path begins with a slash.
    return read === undefined || read.prefix === '/' ? rest : { ...rest, path: read };
  });
}

/** Whether `outer` fits every call that `inner` fits. Where that cannot be told from the conditions alone, it does not. */
export function covers(outer: Conditions, inner: Conditions): boolean {
  return (
    coversPath(outer.path, inner.path) &&
    coversList(outer.methods, inner.methods, (wide, narrow) => wide === narrow) &&
    coversList(outer.hosts, inner.hosts, coversHost) &&
    coversList(outer.consumers, inner.consumers, coversConsumer) &&
    coversList(outer.addresses, inner.addresses, networkHolds) &&
    coversFields(outer.headers, inner.headers) &&
    coversFields(outer.query, inner.query)
  );
}

function coversPath(outer: Conditions['path'], inner: Conditions['path']): boolean {
  if (!outer) return true;
  if (!inner) return false;
  if (outer.exact !== undefined) return inner.exact === outer.exact;
  if (outer.prefix !== undefined) return (inner.exact ?? inner.prefix)?.startsWith(outer.prefix) ?? false;
  return (inner.exact ?? inner.suffix)?.endsWith(outer.suffix) ?? false;
}

/** Any of the inner list is one of the outer. */
function coversList(
  outer: readonly string[] | undefined,
  inner: readonly string[] | undefined,
  holds: (wide: string, narrow: string) => boolean,
): boolean {
  if (!outer) return true;
  return inner?.every((narrow) => outer.some((wide) => holds(wide, narrow))) ?? false;
}

function coversHost(wide: string, narrow: string): boolean {
  return wide === narrow || (wide.startsWith('*.') && narrow.endsWith(wide.slice(1)));
}

/** `jwt:alice` is each provider's alice. */
function coversConsumer(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  const subject = /^jwt:[^/]+\/(.+)$/s.exec(narrow)?.[1];
  return subject !== undefined && wide === `jwt:${subject}`;
}

interface Field {
  exact?: string;
  prefix?: string;
  suffix?: string;
  present?: boolean;
}

function coversFields(outer: Record<string, Field> = {}, inner: Record<string, Field> = {}): boolean {
  return Object.entries(outer).every(([name, wide]) => {
    const narrow = Object.hasOwn(inner, name) ? inner[name] : undefined;
    return narrow !== undefined && coversField(wide, narrow);
  });
}

function coversField(wide: Field, narrow: Field): boolean {
  if (wide.present !== undefined) return wide.present === (narrow.present ?? true);
  if (wide.exact !== undefined) return wide.exact === narrow.exact;
  if (wide.prefix !== undefined) return (narrow.exact ?? narrow.prefix)?.startsWith(wide.prefix) ?? false;
  return (narrow.exact ?? narrow.suffix)?.endsWith(wide.suffix ?? '') ?? false;
}
