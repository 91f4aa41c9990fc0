import { make } from 'proxy-wasm/assembly/memory/arena';
import { request } from 'proxy-wasm/assembly/memory/request';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Call } from '../call/call';
import { Rule } from './rule';
import { LENGTHS_MAX, RuleIndex, SUFFIX_BYTES_MAX, bucketOf } from './rule-index';
import { Trait, digest, digestOf, digestText } from './trait';

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
  /** Where each bucket stands, and where it ends. */
  private buckets: usize;
  private bucketCount: i32;

  static of(rules: List<Rule>, index: RuleIndex, call: Call): Candidates {
    const candidates = make<Candidates>(request);
    candidates.rules = rules;
    candidates.index = index;
    candidates.call = call;
    if (index.starts) candidates.lookUp();
    return candidates;
  }

  /** The index of the next rule that matches, or -1. */
  next(): i32 {
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

  /** The least rule at the head of any bucket, taken off all of them: a rule of several alternatives may stand in several. */
  private least(): i32 {
    let least = i32.MAX_VALUE;
    for (let i = 0; i < this.bucketCount; i++) {
      const bucket = this.buckets + (i << 3);
      const entry = load<u32>(bucket);
      if (entry < load<u32>(bucket, 4)) least = min(least, this.index.ruleAt(entry));
    }
    if (least == i32.MAX_VALUE) return -1;
    for (let i = 0; i < this.bucketCount; i++) {
      const bucket = this.buckets + (i << 3);
      let entry = load<u32>(bucket);
      while (entry < load<u32>(bucket, 4) && this.index.ruleAt(entry) == least) entry++;
      store<u32>(bucket, entry);
    }
    return least;
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

  /** From each dot on, as far to the left as suffixes reach. */
  private addSuffixes(host: Slice): void {
    const from = max(host.length - SUFFIX_BYTES_MAX, 0);
    for (let at = host.indexOf(0x2e, from); at >= 0; at = host.indexOf(0x2e, at + 1)) {
      this.addDigest(digest(digestOf(Trait.HOST_SUFFIX), host.at + at, host.length - at));
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
    const at = this.buckets + (this.bucketCount++ << 3);
    store<u32>(at, start);
    store<u32>(at, end, 4);
  }
}
