import { monotonicNs, setTickPeriod } from 'proxy-wasm';
import { fetchIfDue, takeAnswer } from './fetch';
import { dropUnusedSets, firstSet, useSet } from './fetched-set';
import { KeySetAddresses } from './key-set-address';

const TICK_MS: u32 = 1000;

/** Fetches what is due of the key sets that the configuration of a plugin, `root`, names. */
export function refreshKeySets(root: u32, named: KeySetAddresses, now: u64): void {
  if (!named.first) return;
  for (let address = named.first; address; address = address!.next) useSet(address, now);
  setTickPeriod(TICK_MS);
  dropUnusedSets(now);
  for (let set = firstSet(); set; set = set!.next) {
    set.dropIfStale(now);
    fetchIfDue(set, root, now);
  }
}

/** Calls are counted for each VM, so the number alone tells whose answer it is. */
export function takeKeySet(root: u32, call: u32, bodyBytes: i32): void {
  for (let set = firstSet(); set; set = set!.next) {
    if (set.pending && set.call == call && set.root == root) return takeAnswer(set, bodyBytes, monotonicNs());
  }
}
