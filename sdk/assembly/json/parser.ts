import { Arena, make } from '../memory/arena';
import { Slice, isDigit, sliceOf } from '../bytes/slice';
import { hexDigit } from '../bytes/hex';
import { utf8Length, writeUtf8 } from '../bytes/utf8';
import { slotOf, tableHash } from '../hash/table-hash';
import { Kind, Value } from './value';

/** A configuration needs 12. The parser is recursive, so the limit also bounds the stack. */
const DEPTH_MAX = 32;
/** More than any object here has. A text may be made so that all names of an object fall on one place of its table: so, bounded. */
const MEMBERS_MAX = 512;
/** Names and values of a whole text, where nobody bounds them. */
const UNBOUNDED: i32 = i32.MAX_VALUE;
/** More digits than any number here has. */
const NUMBER_BYTES_MAX: usize = 32;

const ONES: u64 = 0x0101010101010101;
const BLANKS: u64 = 0x2020202020202020;
const HIGH_BITS: u64 = 0x8080808080808080;

/**
 * A strict JSON parser (RFC 8259): no comments, no trailing commas, no duplicate names, only well-formed UTF-8, no lone
 * surrogates. Strings without escapes are not copied but point into the text.
 */
@unmanaged
export class JsonParser {
  private arena: Arena;
  private at: usize;
  private end: usize;
  private depth: i32;
  private quotedAt: usize;
  private quotedLength: i32;
  private depthMax: i32;
  private namesLeft: i32;
  /** Where the hash of the next name goes, behind those of the objects that are being read. */
  private hashes: usize;
  /** Where the hashes of one object's names are held against each other. */
  private table: usize;
  private valuesLeft: i32;
  /** What is wrong; null if nothing is. */
  mistake: Slice | null;
  /** The value in which it is wrong. */
  within: Value | null;

  /** Parses `length` bytes. The values are in `arena` and point into the text. Look at `mistake` before using them. */
  static parse(arena: Arena, text: usize, length: i32): JsonParser {
    return JsonParser.parseWithin(arena, text, length, DEPTH_MAX, UNBOUNDED, UNBOUNDED);
  }

  /** The same for text from strangers: with limits on its depth, its names and its values. */
  static parseWithin(arena: Arena, text: usize, length: i32, depthMax: i32, namesMax: i32, valuesMax: i32): JsonParser {
    const parser = make<JsonParser>(arena);
    parser.arena = arena;
    parser.depthMax = depthMax;
    parser.namesLeft = namesMax;
    // A name with its value and a comma takes five bytes and more.
    const names = min(namesMax, length >> 2);
    parser.hashes = arena.take(((<usize>min(names, DEPTH_MAX * MEMBERS_MAX)) << 3) + 8);
    parser.table = arena.take(((<usize>min(names, MEMBERS_MAX)) << 4) + 16);
    parser.valuesLeft = valuesMax;
    parser.at = text;
    parser.end = text + length;
    const root = parser.value(null, 0, 0, 0);
    parser.blanks();
    if (root && parser.at < parser.end) parser.fail('is followed by more text', root);
    parser.root = root;
    return parser;
  }

  root: Value | null;

  private value(parent: Value | null, index: i32, nameAt: usize, nameLength: i32): Value | null {
    if (--this.valuesLeft < 0 && parent) {
      this.fail('has too many values', parent);
      return null;
    }
    const value = make<Value>(this.arena);
    value.parent = parent;
    value.index = index;
    if (nameAt) value.setName(nameAt, nameLength);
    this.blanks();
    const byte = this.peek();
    let known = false;
    if (byte == 0x7b) known = this.object(value);
    else if (byte == 0x5b) known = this.array(value);
    else if (byte == 0x22) known = this.string(value);
    else if (byte == 0x2d || isDigit(byte)) known = this.number(value);
    else if (byte == 0x74) known = this.word(value, 'true', Kind.TRUE);
    else if (byte == 0x66) known = this.word(value, 'false', Kind.FALSE);
    else if (byte == 0x6e) known = this.word(value, 'null', Kind.NULL);
    else known = this.fail('is not JSON', value);
    return known ? value : null;
  }

  private object(object: Value): bool {
    object.kind = Kind.OBJECT;
    if (!this.enters(object)) return false;
    let last: Value | null = null;
    const names = this.hashes;
    this.blanks();
    if (this.takes(0x7d)) return this.leaves();
    do {
      this.blanks();
      if (this.peek() != 0x22) return this.fail('needs a field name in quotes', object);
      if (!this.quoted(object)) return false;
      const nameAt = this.quotedAt;
      const nameLength = this.quotedLength;
      if (object.count == MEMBERS_MAX || --this.namesLeft < 0) return this.fail('has too many fields', object);
      // The lowest bit, as 0 is an empty place of the table.
      store<u64>(this.hashes, tableHash(0, nameAt, nameLength) | 1);
      this.hashes += 8;
      this.blanks();
      if (!this.takes(0x3a)) return this.fail('needs a colon after a field name', object);
      const value = this.value(object, object.count++, nameAt, nameLength);
      if (!value) return false;
      if (last) last.next = value;
      else object.first = value;
      last = value;
      this.blanks();
    } while (this.takes(0x2c));
    const twin = this.twinAmong(names);
    if (twin >= 0) return this.fail('is given twice', memberOf(object, twin));
    this.hashes = names;
    return this.takes(0x7d) ? this.leaves() : this.fail('needs a comma or a closing brace', object);
  }

  /**
   * The number of a name whose hash one before it has among those from `names` on, or -1. Names of one hash are taken for one
   * name: with 63 bits no two of an honest text have it, and comparing bytes is what a hostile text could make dear.
   *
   *   hashes of the outer object │ of the object in it ▸ names │ free ▸ this.hashes
   */
  private twinAmong(names: usize): i32 {
    const count = <i32>((this.hashes - names) >> 3);
    const places = (<u32>count) << 1;
    const end = this.table + ((<usize>places) << 3);
    memory.fill(this.table, 0, (<usize>places) << 3);
    for (let i = 0; i < count; i++) {
      const hash = load<u64>(names + ((<usize>i) << 3));
      let at = this.table + ((<usize>slotOf(hash, places)) << 3);
      for (let known = load<u64>(at); known; known = load<u64>(at)) {
        if (known == hash) return i;
        at += 8;
        if (at == end) at = this.table;
      }
      store<u64>(at, hash);
    }
    return -1;
  }

  private array(array: Value): bool {
    array.kind = Kind.ARRAY;
    if (!this.enters(array)) return false;
    let last: Value | null = null;
    this.blanks();
    if (this.takes(0x5d)) return this.leaves();
    do {
      const value = this.value(array, array.count++, 0, 0);
      if (!value) return false;
      if (last) last.next = value;
      else array.first = value;
      last = value;
      this.blanks();
    } while (this.takes(0x2c));
    return this.takes(0x5d) ? this.leaves() : this.fail('needs a comma or a closing bracket', array);
  }

  private string(value: Value): bool {
    value.kind = Kind.STRING;
    if (!this.quoted(value)) return false;
    value.setText(this.quotedAt, this.quotedLength);
    return true;
  }

  /** The string at a quotation mark, decoded: `quotedAt` and `quotedLength`. */
  private quoted(within: Value): bool {
    const from = ++this.at;
    let escaped = false;
    for (;;) {
      this.plain();
      if (this.at >= this.end) break;
      const byte: u32 = load<u8>(this.at);
      if (byte == 0x22) {
        this.quotedAt = from;
        this.quotedLength = <i32>(this.at++ - from);
        return !escaped || this.unescape(within);
      }
      if (byte < 0x20) break;
      if (byte == 0x5c) {
        escaped = true;
        this.at += 2;
        continue;
      }
      const length = utf8Length(this.at, this.end);
      if (!length) return this.fail('is not UTF-8', within);
      this.at += length;
    }
    return this.fail('has a string that does not end, or that contains a control character', within);
  }

  /**
   * Goes on to the next byte that is not plain ASCII within a string, eight bytes at a time. Each test leaves the highest bit
   * of a byte that it finds; above the first one found it may be wrong, so only the lowest counts.
   */
  private plain(): void {
    let at = this.at;
    for (const end = this.end; at + 8 <= end; at += 8) {
      const word = load<u64>(at);
      const quotes = word ^ 0x2222222222222222;
      const slashes = word ^ 0x5c5c5c5c5c5c5c5c;
      const found =
        (((quotes - ONES) & ~quotes) | ((slashes - ONES) & ~slashes) | ((word - BLANKS) & ~word) | word) & HIGH_BITS;
      if (found) {
        this.at = at + <usize>(ctz(found) >> 3);
        return;
      }
    }
    this.at = at;
  }

  /** Never longer than its source: `\uXXXX` is six bytes for at most three, a pair twelve for four. */
  private unescape(within: Value): bool {
    const raw = sliceOf(this.arena, this.quotedAt, this.quotedLength);
    const to = this.arena.take(raw.length);
    let length = 0;
    for (let i = 0; i < raw.length; i++) {
      let byte = raw.byte(i);
      if (byte == 0x5c) {
        byte = raw.byte(++i);
        if (byte == 0x75) {
          let point = this.unit(raw, i + 1);
          i += 4;
          if (point >= 0xd800 && point < 0xdc00 && raw.byte(i + 1) == 0x5c && raw.byte(i + 2) == 0x75) {
            const low = this.unit(raw, i + 3);
            i += 6;
            point = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00) : -1;
          }
          if (point < 0 || (point >= 0xd800 && point < 0xe000)) return this.fail('has an invalid \\u escape', within);
          length += writeUtf8(to + length, point);
          continue;
        }
        byte = escape(byte);
        if (!byte) return this.fail('has an unknown escape', within);
      }
      store<u8>(to + length++, byte);
    }
    this.quotedAt = to;
    this.quotedLength = length;
    return true;
  }

  private unit(raw: Slice, from: i32): i32 {
    let value = 0;
    for (let i = from; i < from + 4; i++) {
      const digit = hexDigit(raw.byte(i));
      if (digit < 0) return -1;
      value = (value << 4) | digit;
    }
    return value;
  }

  private number(value: Value): bool {
    value.kind = Kind.NUMBER;
    const from = this.at;
    this.takes(0x2d);
    const zero = this.peek() == 0x30;
    const whole = this.digits();
    let right = whole > 0 && !(zero && whole > 1);
    if (right && this.takes(0x2e)) right = this.digits() > 0;
    if (right && (this.peek() | 0x20) == 0x65) {
      this.at++;
      if (!this.takes(0x2b)) this.takes(0x2d);
      right = this.digits() > 0;
    }
    if (!right || this.at - from > NUMBER_BYTES_MAX) return this.fail('is not a number', value);
    value.setText(from, <i32>(this.at - from));
    return true;
  }

  private digits(): i32 {
    const from = this.at;
    while (isDigit(this.peek())) this.at++;
    return <i32>(this.at - from);
  }

  private word(value: Value, word: Slice, kind: u8): bool {
    value.kind = kind;
    for (let i = 0; i < word.length; i++) {
      if (!this.takes(word.byte(i))) return this.fail('is not JSON', value);
    }
    return true;
  }

  private enters(value: Value): bool {
    this.at++;
    return ++this.depth <= this.depthMax || this.fail('is nested too deeply', value);
  }

  private leaves(): bool {
    this.depth--;
    return true;
  }

  private blanks(): void {
    for (;;) {
      const byte = this.peek();
      if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return;
      this.at++;
    }
  }

  private peek(): u32 {
    return this.at < this.end ? load<u8>(this.at) : 0;
  }

  private takes(byte: u32): bool {
    if (this.peek() != byte) return false;
    this.at++;
    return true;
  }

  private fail(reason: Slice, within: Value): bool {
    if (!this.mistake) {
      this.mistake = reason;
      this.within = within;
    }
    return false;
  }
}

function memberOf(object: Value, number: i32): Value {
  let member = object.first!;
  while (number--) member = member.next!;
  return member;
}

function escape(byte: u32): u32 {
  if (byte == 0x22 || byte == 0x5c || byte == 0x2f) return byte;
  if (byte == 0x6e) return 0x0a;
  if (byte == 0x74) return 0x09;
  if (byte == 0x72) return 0x0d;
  if (byte == 0x62) return 0x08;
  return byte == 0x66 ? 0x0c : 0;
}
