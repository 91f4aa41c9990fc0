import { Root, monotonicNs, setTickPeriod } from 'proxy-wasm';
import { Configuration } from '../configuration/configuration';
import { fetchIfDue, takeAnswer } from './fetch';
import { dropUnusedSets, firstSet, useSet } from './fetched-set';

const TICK_MS: u32 = 1000;

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
