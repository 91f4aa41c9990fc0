import { eachByte, type Match, readPath } from '@tollgate/model';
import type { FilterMatch } from '../filter-config/match.js';
import { compileNetworks } from './networks.js';

/** What the filters are told of `match`: nothing where there is none. */
export function compileMatch(match: Match, reading = eachByte): { match?: FilterMatch } {
  if (!match) return {};
  return {
    match: match.map(({ path, addresses, ...conditions }) => ({
      ...(path ? { path: readPath(path, reading) } : {}),
      ...conditions,
      ...(addresses ? { addresses: compileNetworks(addresses) } : {}),
    })),
  };
}
