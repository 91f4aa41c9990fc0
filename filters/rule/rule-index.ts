import { Arena, Decoder, List, Slice, make } from 'proxy-wasm';
import { LENGTHS_MAX, addLength } from './lengths';
import { Match } from './match';
import { Rule } from './rule';
import { Trait, entriesOf, entryDigest, exactHeader } from './trait';

/** Below it looking at each rule is as quick as looking them up. */
const INDEXED_MIN: i32 = 16;
/** A call is looked up once for each dot of its host and for each header that rules ask for, too. */
export const SUFFIX_BYTES_MAX: i32 = 254;
const HEADERS_MAX: i32 = 8;

/**
 * Finds the rules that may match a call. Each alternative of each rule stands in the bucket of its rarest condition, so that
 * a call meets few rules that are not for it, however many there are; what has no such condition stands in a list that
 * every call looks through. Candidates come in the order of the rules, and each is matched in full: a digest that two
 * conditions share costs time, never a wrong decision.
 *
 *   starts  ┌───┬───┬───┬──      entries  ┌──────┬──────┬──────┬──
 *           │ 0 │ 2 │ 2 │ …               │ rule │ rule │ rule │ …   ascending within a bucket
 *           └───┴───┴───┴──               └──────┴──────┴──────┴──
 */
@unmanaged
export class RuleIndex {
  /** Null where the rules are too few to have an index. */
  starts: usize;
  entries: usize;
  mask: u32;
  /** The bucket of those without a condition that can be looked up; the one behind the last. */
  rest: u32;
  /** Ascending lengths of the prefixes. */
  lengths: List<i32>;
  /** The names of the headers. */
  headers: List<Slice>;
  /** A bit for each trait that is in use. */
  traits: u32;

  static of(arena: Arena, scratch: Arena, rules: List<Rule>): RuleIndex {
    const index = make<RuleIndex>(arena);
    index.lengths = List.of<i32>(arena, LENGTHS_MAX);
    index.lengths.length = 0;
    index.headers = List.of<Slice>(arena, HEADERS_MAX);
    index.headers.length = 0;
    if (rules.length < INDEXED_MIN) return index;
    const builder = Builder.of(scratch, index, rules);
    builder.chooseAll();
    builder.fill(arena);
    return index;
  }

  startOf(bucket: u32): u32 {
    return load<u32>(this.starts + ((<usize>bucket) << 2));
  }

  ruleAt(entry: u32): i32 {
    return load<i32>(this.entries + ((<usize>entry) << 2));
  }
}

/** The index of a policy's rules, once they are decoded; an empty one where there is a mistake. */
export function indexOf<R extends Rule>(decoder: Decoder, rules: List<R>): RuleIndex {
  const right = decoder.mistake == null;
  return RuleIndex.of(
    decoder.arena,
    decoder.scratch,
    right ? changetype<List<Rule>>(rules) : List.of<Rule>(decoder.arena, 0),
  );
}

/** What only the making of an index needs. */
@unmanaged
class Builder {
  index: RuleIndex;
  rules: List<Rule>;
  alternatives: i32;
  /** How many conditions have a digest with these leading bits: how rare each is, nearly. */
  counts: usize;
  countMask: u32;
  /** The trait that was chosen for each alternative, a byte. */
  chosen: usize;
  /** Rule and bucket of each entry, in the order of the rules. */
  pairs: usize;
  pairCount: i32;

  static of(scratch: Arena, index: RuleIndex, rules: List<Rule>): Builder {
    const builder = make<Builder>(scratch);
    builder.index = index;
    builder.rules = rules;
    let entries = 0;
    for (let i = 0; i < rules.length; i++) {
      const any = rules.at(i).match;
      builder.alternatives += any ? any.length : 1;
      for (let j = 0; any && j < any.length; j++) {
        let most = 1;
        for (let trait = Trait.PATH; trait < Trait.END; trait++) most = max(most, entriesOf(any.at(j), trait));
        entries += most;
      }
      if (!any) entries++;
    }
    const size: u32 = 1 << (33 - clz(entries));
    index.mask = size - 1;
    index.rest = size;
    builder.countMask = size - 1;
    builder.counts = scratch.zeroed((<usize>size) << 2);
    builder.chosen = scratch.zeroed(builder.alternatives);
    builder.pairs = scratch.take((<usize>entries) << 3);
    return builder;
  }

  /** Counts every condition, then gives each alternative the trait under which it has the fewest others beside it. */
  chooseAll(): void {
    this.visit(false);
    this.visit(true);
  }

  private visit(choose: bool): void {
    let alternative = 0;
    for (let i = 0; i < this.rules.length; i++) {
      const any = this.rules.at(i).match;
      if (!any) {
        if (choose) this.put(i, this.index.rest);
        alternative++;
        continue;
      }
      for (let j = 0; j < any.length; j++, alternative++) {
        if (choose) this.choose(i, any.at(j));
        else this.count(any.at(j));
      }
    }
  }

  private count(match: Match): void {
    for (let trait = Trait.PATH; trait < Trait.END; trait++) {
      const entries = entriesOf(match, trait);
      for (let i = 0; i < entries; i++) {
        const at = this.countAt(entryDigest(match, trait, i));
        store<u32>(at, load<u32>(at) + 1);
      }
    }
  }

  private choose(rule: i32, match: Match): void {
    let best: u32 = 0;
    let least = u64.MAX_VALUE;
    for (let trait = Trait.PATH; trait < Trait.END; trait++) {
      const entries = entriesOf(match, trait);
      if (!entries) continue;
      let others: u64 = 0;
      for (let i = 0; i < entries; i++) others += load<u32>(this.countAt(entryDigest(match, trait, i)));
      if (others < least && this.knows(match, trait)) {
        least = others;
        best = trait;
      }
    }
    if (!best) return this.put(rule, this.index.rest);
    this.index.traits |= 1 << best;
    const entries = entriesOf(match, best);
    for (let i = 0; i < entries; i++) this.put(rule, bucketOf(entryDigest(match, best, i), this.index.mask));
  }

  private countAt(digest: u64): usize {
    return this.counts + ((<usize>bucketOf(digest, this.countMask)) << 2);
  }

  /** Whether a call will be looked up for it: what is beyond the limits stands in the list for every call. */
  private knows(match: Match, trait: u32): bool {
    if (trait == Trait.PATH_PREFIX) return addLength(this.index.lengths, match.path!.text.length);
    if (trait == Trait.HOST_SUFFIX) return !hasLong(match.hosts!);
    return trait != Trait.HEADER || addName(this.index.headers, match.headers!.at(exactHeader(match)).name!);
  }

  private put(rule: i32, bucket: u32): void {
    store<u64>(this.pairs + (this.pairCount << 3), ((<u64>bucket) << 32) | rule);
    this.pairCount++;
  }

  /** Counting sort by bucket, which leaves the order of the rules as it is. */
  fill(arena: Arena): void {
    const index = this.index;
    const buckets = <usize>index.rest + 1;
    const starts = arena.zeroed((buckets + 1) << 2);
    const entries = arena.take((<usize>this.pairCount) << 2);
    for (let i = 0; i < this.pairCount; i++) {
      const at = starts + ((<usize>load<u32>(this.pairs + (i << 3), 4)) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
    let sum: u32 = 0;
    for (let bucket: usize = 0; bucket <= buckets; bucket++) {
      sum += load<u32>(starts + (bucket << 2));
      store<u32>(starts + (bucket << 2), sum);
    }
    // From the end, so that each start has moved to the first entry of its bucket when all are in.
    for (let i = this.pairCount - 1; i >= 0; i--) {
      const at = starts + ((<usize>load<u32>(this.pairs + (i << 3), 4)) << 2);
      const entry = load<u32>(at) - 1;
      store<u32>(at, entry);
      store<u32>(entries + ((<usize>entry) << 2), load<u32>(this.pairs + (i << 3)));
    }
    index.starts = starts;
    index.entries = entries;
  }
}

export function bucketOf(digest: u64, mask: u32): u32 {
  return ((<u32>digest) ^ (<u32>(digest >> 32))) & mask;
}

function hasLong(hosts: List<Slice>): bool {
  for (let i = 0; i < hosts.length; i++) if (hosts.at(i).length > SUFFIX_BYTES_MAX) return true;
  return false;
}

function addName(names: List<Slice>, name: Slice): bool {
  for (let i = 0; i < names.length; i++) if (names.at(i).equals(name)) return true;
  if (names.length == HEADERS_MAX) return false;
  names.put(names.length++, name);
  return true;
}
