import { Arena, Decoder, List, Slice, Value, make, request, same, sliceOf, slotOf, tableHash } from 'proxy-wasm';
import { Call } from '../call/call';
import { isHostName } from '../call/host';
import { isConsumer } from '../call/consumer';
import { LENGTHS_MAX, addLength } from './lengths';

/** What a record asks of a call. */
namespace Asks {
  export const PATH: u32 = 0x65; // e
  export const PATH_PREFIX: u32 = 0x70; // p
  export const HOST: u32 = 0x68; // h
  export const CONSUMER: u32 = 0x63; // c
}

/** Two digits each for the lengths of name and text, and the byte that says what is asked. */
const HEAD: u32 = 5;
const RECORD_MIN: u32 = HEAD + 1;
/** Four digits in front of the records: how many there are. */
const COUNT_BYTES: i32 = 4;
const ZEROS: u32 = 0x30303030;
/** What is left of a byte that is no digit. */
const NO_DIGITS: u32 = 0xe0e0e0e0;
/** The bits of a slot that say where the record is: a configuration has no more bytes. */
const PLACE: u32 = 0x7fffff;
const NONE: u32 = u32.MAX_VALUE;

/**
 * Rules in a row that differ in their names and one condition each, in the packed form: how many, in four digits, then
 * records without gaps, in the order of the rules.
 *
 *            ┌─────────────┬─────────────┬──────┬──────┬──────┐        e path    h host
 *   record   │ name length │ text length │ asks │ name │ text │        p prefix  c consumer
 *            └─────────────┴─────────────┴──────┴──────┴──────┘        lengths in bytes, two digits of base 32: 0 to O
 *
 *            ┌────────────────┬────────────┐
 *   slot     │ 9 bits of hash │ record + 1 │   4 bytes; open addressing, a third of the slots is empty: 0
 *            └────────────────┴────────────┘
 *
 * The records stay as they came; only the slots are made of them, 8 bytes a rule.
 */
@unmanaged
export class RuleTable {
  private at: usize;
  private entries: usize;
  private slots: u32;
  /** A bit for each thing that records ask, counted from `c`. */
  private asked: u32;
  /** Ascending lengths of the prefixes. */
  private prefixes: List<i32>;

  /** The place of the first record that holds for the call; -1 when none does. */
  find(call: Call): i32 {
    let found = NONE;
    if (this.asks(Asks.PATH)) found = this.lookUp(Asks.PATH, call.path.at, call.path.length);
    if (this.asks(Asks.PATH_PREFIX)) {
      const lengths = this.prefixes;
      for (let i = 0; i < lengths.length && lengths.at(i) <= call.path.length; i++) {
        found = min(found, this.lookUp(Asks.PATH_PREFIX, call.path.at, lengths.at(i)));
      }
    }
    if (this.asks(Asks.HOST)) found = min(found, this.lookUp(Asks.HOST, call.host.at, call.host.length));
    if (this.asks(Asks.CONSUMER)) {
      const identity = call.identity;
      const consumer: Slice = identity ? identity : 'anonymous';
      found = min(found, this.lookUp(Asks.CONSUMER, consumer.at, consumer.length));
      const subject = call.subject;
      if (subject) found = min(found, this.lookUp(Asks.CONSUMER, subject.at, subject.length));
    }
    return <i32>found;
  }

  /** The name of the rule at this place. */
  nameAt(record: i32): Slice {
    const at = this.at + record;
    return sliceOf(request, at + HEAD, first(at));
  }

  /** A mistake is noted where the text is anything else than records, or asks the same twice. */
  static decode(decoder: Decoder, value: Value): RuleTable {
    const table = make<RuleTable>(decoder.arena);
    const text = decoder.longText(value);
    table.at = text.at;
    table.prefixes = List.of<i32>(decoder.arena, LENGTHS_MAX);
    table.prefixes.length = 0;
    if (!table.fill(decoder.arena, text.length)) decoder.fail(value, 'must be packed rules');
    return table;
  }

  /** Makes the slots, and says whether all is as it must be. */
  private fill(arena: Arena, length: i32): bool {
    const end = this.at + length;
    if (length < COUNT_BYTES || digits(this.at) & NO_DIGITS) return false;
    const count = (first(this.at) << 10) | second(this.at);
    if (!count || count * RECORD_MIN > <u32>length) return false;
    this.slots = count * 2 + 1;
    this.entries = arena.zeroed((<usize>this.slots) << 2);
    const text = make<Slice>(request);
    let record = this.at + COUNT_BYTES;
    for (let left = count; left; left--) {
      if (record + HEAD > end || digits(record) & NO_DIGITS) return false;
      text.at = record + HEAD + first(record);
      text.length = second(record);
      const asks = asksOf(record);
      if (text.at + text.length > end || !first(record) || !this.isRight(asks, text)) return false;
      const hash = tableHash(asks, text.at, text.length);
      const entry = this.entryFor(hash, asks, text.at, text.length);
      if (load<u32>(entry)) return false;
      store<u32>(entry, tagOf(hash) | (<u32>(record + 1 - this.at)));
      record = text.at + text.length;
    }
    return record == end;
  }

  private isRight(asks: u32, text: Slice): bool {
    if (asks == Asks.PATH_PREFIX) {
      if (!addLength(this.prefixes, text.length)) return false;
    } else if (asks == Asks.HOST) {
      if (!isHostName(request, text)) return false;
    } else if (asks == Asks.CONSUMER) {
      if (!text.length || !isConsumer(text)) return false;
    } else if (asks != Asks.PATH) return false;
    this.asked |= 1 << (asks - Asks.CONSUMER);
    return true;
  }

  private lookUp(asks: u32, at: usize, length: i32): u32 {
    return (load<u32>(this.entryFor(tableHash(asks, at, length), asks, at, length)) & PLACE) - 1;
  }

  /** The slot that holds a record which asks this, or the empty one where it belongs. */
  // @ts-ignore: decorator
  @inline
  private entryFor(hash: u64, asks: u32, text: usize, length: i32): usize {
    const end = this.entries + ((<usize>this.slots) << 2);
    const tag = tagOf(hash);
    let at = this.entries + ((<usize>slotOf(hash, this.slots)) << 2);
    for (let entry = load<u32>(at); entry; entry = load<u32>(at)) {
      if ((entry & ~PLACE) == tag && this.isAsked(entry & PLACE, asks, text, length)) return at;
      at += 4;
      if (at == end) at = this.entries;
    }
    return at;
  }

  private isAsked(place: u32, asks: u32, at: usize, length: i32): bool {
    const record = this.at + place - 1;
    return asksOf(record) == asks && second(record) == <u32>length && same(record + HEAD + first(record), at, length);
  }

  private asks(what: u32): bool {
    return (this.asked & (1 << (what - Asks.CONSUMER))) != 0;
  }
}

// @ts-ignore: decorator
@inline
function tagOf(hash: u64): u32 {
  return (<u32>hash) & ~PLACE;
}

// @ts-ignore: decorator
@inline
function digits(at: usize): u32 {
  return load<u32>(at) - ZEROS;
}

/** The number of the first two digits: a name's length. */
// @ts-ignore: decorator
@inline
function first(at: usize): u32 {
  const both = digits(at);
  return ((both & 31) << 5) | ((both >> 8) & 31);
}

/** The number of the next two: a text's length. */
// @ts-ignore: decorator
@inline
function second(at: usize): u32 {
  const both = digits(at) >> 16;
  return ((both & 31) << 5) | (both >> 8);
}

// @ts-ignore: decorator
@inline
function asksOf(record: usize): u32 {
  return load<u8>(record, 4);
}
