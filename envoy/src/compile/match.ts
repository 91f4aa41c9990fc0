import type { Match, PathReading } from '@tollgate/model';
import type { FilterMatch } from '../filter-config/match.js';
import { compileNetworks } from './networks.js';

/** How a service reads paths that says nothing about it. */
const eachByte: PathReading = { caseSensitive: true, trailingSlash: 'exact' };

/** What the filters are told of `match`: nothing where there is none. */
export function compileMatch(match: Match, reading = eachByte): { match?: FilterMatch } {
  if (!match) return {};
  return {
    match: match.map(({ path, addresses, ...conditions }) => ({
      ...(path ? { path: compilePath(path, reading) } : {}),
      ...conditions,
      ...(addresses ? { addresses: compileNetworks(addresses) } : {}),
    })),
  };
}

type PathCondition = NonNullable<NonNullable<Match>[number]['path']>;

/**
 * As the filter compares it: filters/path/reading.ts does the same to the path of a call. Where a slash at the end says
 * nothing, every path has one.
 */
function compilePath({ exact, prefix, suffix }: PathCondition, { caseSensitive, trailingSlash }: PathReading) {
  const cased = (text: string) => (caseSensitive ? text : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  const closed = (text: string) => (trailingSlash === 'exact' || text.endsWith('/') ? text : `${text}/`);
  if (exact !== undefined) return { exact: closed(cased(exact)) };
  return prefix === undefined ? { suffix: closed(cased(suffix)) } : { prefix: cased(prefix) };
}
