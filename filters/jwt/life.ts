import { List, Root, monotonicNs, setTickPeriod } from 'proxy-wasm';
import { Configuration } from '../configuration/configuration';
import { defineFetches, fetchIfDue, takeAnswer } from './fetch';
import { dropUnusedSets, firstSet, useSet } from './fetched-set';
import { JwtPolicy } from './policy';

/** Envoy takes no calls while it reads a configuration: the first fetch waits so long. */
const TICK_FIRST_MS: u32 = 10;
const TICK_MS: u32 = 1000;

/** Has the key sets of these policies fetched, from the first tick on; to be called last, as others set the tick too. */
export function openKeySets(policies: List<JwtPolicy> | null): void {
  if (!names(policies)) return;
  defineFetches();
  setTickPeriod(TICK_FIRST_MS);
}

function names(policies: List<JwtPolicy> | null): bool {
  for (let i = 0; policies && i < policies.length; i++) {
    const providers = policies.at(i).providers;
    for (let j = 0; j < providers.length; j++) if (providers.at(j).address) return true;
  }
  return false;
}

/** Fetches what is due. */
export function tickKeySets(root: Root<Configuration>, now: u64): void {
  if (!useSets(root.configuration, now)) return;
  setTickPeriod(TICK_MS);
  dropUnusedSets(now);
  for (let set = firstSet(); set; set = set!.next) {
    set.dropIfStale(now);
    fetchIfDue(set, root.id, now);
  }
}

/** Whether there is any. */
function useSets(configuration: Configuration, now: u64): bool {
  let any = false;
  for (let i = 0; i < configuration.targets.length; i++) {
    const policies = configuration.targets.at(i).jwt;
    for (let j = 0; policies && j < policies.length; j++) {
      const providers = policies.at(j).providers;
      for (let k = 0; k < providers.length; k++) {
        const address = providers.at(k).address;
        if (!address) continue;
        useSet(address, now);
        any = true;
      }
    }
  }
  return any;
}

/** Calls are counted for each VM, so the number alone tells whose answer it is. */
export function takeKeySet(root: u32, call: u32, bodyBytes: i32): void {
  for (let set = firstSet(); set; set = set!.next) {
    if (set.pending && set.call == call && set.root == root) return takeAnswer(set, bodyBytes, monotonicNs());
  }
}
