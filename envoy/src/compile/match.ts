import type { Match } from '@tollgate/model';
import type { FilterMatch } from '../filter-config.js';
import { compileNetworks } from './networks.js';

/** What the filters are told of `match`: nothing where there is none. */
export function compileMatch(match: Match): { match?: FilterMatch } {
  if (!match) return {};
  return {
    match: match.map(({ addresses, ...conditions }) => ({
      ...conditions,
      ...(addresses ? { addresses: compileNetworks(addresses) } : {}),
    })),
  };
}
