import { List, Slice, make, overdrawn, request } from 'proxy-wasm';
import { Call } from '../call/call';
import { LENGTHS_MAX } from './lengths';
import { Rule } from './rule';
import { RuleIndex, SUFFIX_BYTES_MAX, bucketOf } from './rule-index';
import { Trait, digest, digestBack, digestOf, digestText } from './trait';

/** The rest, path, host, consumer and its subject. */
const SINGLE_BUCKETS: i32 = 5;

/** The first rule that matches a call; null when none does. `index` is that of these rules. */
export function firstRule<R extends Rule>(rules: List<R>, index: RuleIndex, call: Call): R | null {
  const found = candidatesOf(rules, index, call).next();
  return found < 0 ? null : rules.at(found);
}

/** All that match it, where more than the first counts. */
export function candidatesOf<R extends Rule>(rules: List<R>, index: RuleIndex, call: Call): Candidates {
  return Candidates.of(changetype<List<Rule>>(rules), index, call);
}

/** The rules that match a call, in their order. */
@unmanaged
export class Candidates {
  private rules: List<Rule>;
  private index: RuleIndex;
  private call: Call;
  /** Without an index: the rule to look at next. */
  private at: i32;
  /** Where each bucket stands, and where it ends: a heap, the one with the least rule at its head in front. */
  private buckets: usize;
  private bucketCount: i32;
  /** The rule that came last. */
  private last: i32;

  static of(rules: List<Rule>, index: RuleIndex, call: Call): Candidates {
    const candidates = make<Candidates>(request);
    candidates.rules = rules;
    candidates.index = index;
    candidates.call = call;
    candidates.last = -1;
    if (index.starts) candidates.lookUp();
    return candidates;
  }

  /**
   * The index of the next rule that matches, or -1. For a call that took too much memory none does, so that it takes no more for
   * any; it is refused in the end.
   */
  next(): i32 {
    if (overdrawn()) return -1;
    if (!this.index.starts) {
      while (this.at < this.rules.length) {
        const rule = this.at++;
        if (this.rules.at(rule).holds(this.call)) return rule;
      }
      return -1;
    }
    for (let rule = this.least(); rule >= 0; rule = this.least()) {
      if (this.rules.at(rule).holds(this.call)) return rule;
    }
    return -1;
  }

  /** The least rule at the head of any bucket. A rule of several alternatives may stand in several, and comes once. */
  private least(): i32 {
    while (this.bucketCount) {
      const rule = this.head(0);
      this.advance();
      if (rule == this.last) continue;
      this.last = rule;
      return rule;
    }
    return -1;
  }

  private lookUp(): void {
    const room = SINGLE_BUCKETS + LENGTHS_MAX + SUFFIX_BYTES_MAX + this.call.headers.count;
    this.buckets = request.take(room << 3);
    const index = this.index;
    const call = this.call;
    this.addBucket(index.rest);
    if (this.uses(Trait.PATH)) this.addDigest(digestText(digestOf(Trait.PATH), call.path));
    if (this.uses(Trait.PATH_PREFIX)) this.addPrefixes(call.path);
    if (this.uses(Trait.HOST)) this.addDigest(digestText(digestOf(Trait.HOST), call.host));
    if (this.uses(Trait.HOST_SUFFIX)) this.addSuffixes(call.host);
    if (this.uses(Trait.HEADER)) this.addHeaders();
    if (this.uses(Trait.CONSUMER)) this.addConsumer(call);
  }

  private uses(trait: u32): bool {
    return (this.index.traits & (1 << trait)) != 0;
  }

  private addPrefixes(path: Slice): void {
    let hash = digestOf(Trait.PATH_PREFIX);
    let done = 0;
    const lengths = this.index.lengths;
    for (let i = 0; i < lengths.length && lengths.at(i) <= path.length; i++) {
      hash = digest(hash, path.at + done, lengths.at(i) - done);
      done = lengths.at(i);
      this.addDigest(hash);
    }
  }

  /** From the end on to each dot, as far to the left as suffixes reach. */
  private addSuffixes(host: Slice): void {
    let hash = digestOf(Trait.HOST_SUFFIX);
    let end = host.length;
    const from = max(end - SUFFIX_BYTES_MAX, 0);
    for (let at = end - 1; at >= from; at--) {
      if (host.byte(at) != 0x2e) continue;
      hash = digestBack(hash, host.at + at, end - at);
      end = at;
      this.addDigest(hash);
    }
  }

  private addHeaders(): void {
    const names = this.index.headers;
    const headers = this.call.headers;
    for (let i = 0; i < names.length; i++) {
      const name = names.at(i);
      const hash = digestText(digestOf(Trait.HEADER), name);
      for (let at = headers.find(name); at >= 0; at = headers.find(name, at + 1)) {
        this.addDigest(digestText(hash, headers.value(at)));
      }
    }
  }

  private addConsumer(call: Call): void {
    const identity = call.identity;
    const name: Slice = identity ? identity : 'anonymous';
    this.addDigest(digestText(digestOf(Trait.CONSUMER), name));
    const subject = call.subject;
    if (subject) this.addDigest(digestText(digestOf(Trait.CONSUMER), subject));
  }

  private addDigest(digest: u64): void {
    this.addBucket(bucketOf(digest, this.index.mask));
  }

  private addBucket(bucket: u32): void {
    const start = this.index.startOf(bucket);
    const end = this.index.startOf(bucket + 1);
    if (start == end) return;
    let at = this.bucketCount++;
    store<u64>(this.place(at), (<u64>start) | ((<u64>end) << 32));
    for (let parent = (at - 1) >> 1; at && this.head(at) < this.head(parent); parent = (at - 1) >> 1) {
      this.swap(at, parent);
      at = parent;
    }
  }

  /** Takes the rule in front off, and puts the next least there. */
  private advance(): void {
    const front = this.place(0);
    const entry = load<u32>(front) + 1;
    store<u32>(front, entry);
    if (entry == load<u32>(front, 4)) store<u64>(front, load<u64>(this.place(--this.bucketCount)));
    for (let at = 0, child = 1; child < this.bucketCount; child = at * 2 + 1) {
      if (child + 1 < this.bucketCount && this.head(child + 1) < this.head(child)) child++;
      if (this.head(at) <= this.head(child)) return;
      this.swap(at, child);
      at = child;
    }
  }

  private swap(a: i32, b: i32): void {
    const kept = load<u64>(this.place(a));
    store<u64>(this.place(a), load<u64>(this.place(b)));
    store<u64>(this.place(b), kept);
  }

  /** The rule at which a bucket stands. */
  private head(index: i32): i32 {
    return this.index.ruleAt(load<u32>(this.place(index)));
  }

  private place(index: i32): usize {
    return this.buckets + ((<usize>index) << 3);
  }
}
