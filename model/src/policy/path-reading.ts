import type { Match } from '../match.js';
import type { PathReading } from '../service.js';

/** How a service reads paths that says nothing about it. */
export const eachByte: PathReading = { caseSensitive: true, trailingSlash: 'exact' };

type PathCondition = NonNullable<NonNullable<Match>[number]['path']>;

/**
 * What a rule asks of a path, as the application reads paths: filters/path/reading.ts does the same to the path of a call.
 * Where a slash at the end says nothing, every path has one.
 */
export function readPath({ exact, prefix, suffix }: PathCondition, { caseSensitive, trailingSlash }: PathReading) {
  const cased = (text: string) => (caseSensitive ? text : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  const closed = (text: string) => (trailingSlash === 'exact' || text.endsWith('/') ? text : `${text}/`);
  if (exact !== undefined) return { exact: closed(cased(exact)) };
  return prefix === undefined ? { suffix: closed(cased(suffix)) } : { prefix: cased(prefix) };
}
