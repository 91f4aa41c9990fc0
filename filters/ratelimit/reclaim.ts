import { readCopy } from './copies';
import { ATTEMPTS_MAX, Ledger, readLedger } from './ledger';
import { Limit } from './policy';

/** Chains that one call looks through for places to free. More would make a full limit dear for every newcomer. */
const CHAINS_MAX: u32 = 64;

/**
 * Drops entries whose budget is whole from the next chains round the table, until there was one. Not from the newcomer's
 * own chain `except`: that it replaces one there was tried before, and it must stay as it was read. Returns the ledger as it is then.
 */
export function reclaim(limit: Limit, ledger: Ledger, except: u32, now: u64): Ledger | null {
  let freed = 0;
  let cursor = ledger.cursor;
  const chains = min(limit.chains, CHAINS_MAX);
  for (let i: u32 = 0; i < chains && !freed; i++) {
    cursor = (cursor + 1) % limit.chains;
    if (cursor != except) freed = prune(limit, cursor, now);
  }
  // Where the whole table was looked through for nothing it does not matter where the next one begins.
  if (!freed && chains == limit.chains) return ledger;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const ledger = readLedger(limit, now);
    if (!ledger) return null;
    ledger.addCount(-freed);
    ledger.cursor = cursor;
    if (ledger.write(limit)) return readLedger(limit, now);
  }
  return null;
}

/** How many entries were dropped; 0 also when another worker changed the chain at this moment. */
function prune(limit: Limit, number: u32, now: u64): i32 {
  const chain = readCopy(limit, number, now);
  if (!chain) return 0;
  chain.adopt(limit.rate, now);
  const freed = chain.prune(limit.rate, now);
  return freed && chain.write(limit, now) ? freed : 0;
}
