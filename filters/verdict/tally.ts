import { Slice, Writer, counter, increment, request } from 'proxy-wasm';
import { Policy } from '../rule/policy';

/**
 * What is counted of one rule, limit or breaker. Kept over new configurations, because each definition of a counter is a new
 * id, and places are never given back. 32 bytes each:
 *
 *   | hash of its name u64 | id denied u32 | id shadow u32 | last told u64 | untold u32 | – |
 */
@unmanaged
export class Tally {
  private hash: u64;
  private deniedId: u32;
  private shadowId: u32;
  /** When a shadow verdict of it was last logged, by the monotonic clock; 0: never. */
  private toldAt: u64;
  private untold: u32;

  /** Of `<namespace>/<policy>/<rule>`: counted from its first refusal on. */
  static of(policy: Policy, rule: Slice): Tally {
    const hash = hashOf(policy, rule);
    for (let i = 0; i < PROBES_MAX; i++) {
      const tally = at((<u32>hash + i) & (PLACES - 1));
      if (tally.hash == hash) return tally;
      if (tally.hash) continue;
      const name = Writer.in(request).text(policy.namespace).text('/').text(policy.name).text('/').text(rule).done();
      tally.define(hash, name);
      return tally;
    }
    const others = at(PLACES);
    if (!others.hash) others.define(1, 'others');
    return others;
  }

  count(enforced: bool): void {
    increment(enforced ? this.deniedId : this.shadowId);
  }

  /** Whether a shadow verdict is to be logged now: one each second. Then `untold` says how many were not since. */
  tells(now: u64): bool {
    if (this.toldAt && now - this.toldAt < TELLING_NS) {
      this.untold++;
      return false;
    }
    this.toldAt = now;
    return true;
  }

  /** Verdicts that were counted and not logged since this was last asked. */
  takeUntold(): u32 {
    const untold = this.untold;
    this.untold = 0;
    return untold;
  }

  private define(hash: u64, name: Slice): void {
    this.hash = hash;
    this.deniedId = counter(Writer.in(request).text('tollgate.rule.').text(name).text('.denied').done());
    this.shadowId = counter(Writer.in(request).text('tollgate.rule.').text(name).text('.shadow').done());
  }
}

/** A power of two. Rules beyond it, over all configurations that the VM has had, are counted together. */
const PLACES: u32 = 512;
const PROBES_MAX: i32 = 16;
const TELLING_NS: u64 = 1000000000;
const TABLE: usize = memory.data((<i32>(PLACES + 1)) << 5, 8);

function at(place: u32): Tally {
  return changetype<Tally>(TABLE + ((<usize>place) << 5));
}

/** FNV-1a, 64 bits: two rules of a mesh never have the same. Never 0, which is an empty place. */
function hashOf(policy: Policy, rule: Slice): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  hash = hashed(hash, policy.namespace);
  hash = hashed(hash, policy.name);
  return hashed(hash, rule) | 1;
}

function hashed(hash: u64, text: Slice): u64 {
  for (let i = 0; i < text.length; i++) hash = (hash ^ load<u8>(text.at + i)) * 0x100000001b3;
  // What stands between two names, so that a/bc is not ab/c.
  return (hash ^ 0x2f) * 0x100000001b3;
}
