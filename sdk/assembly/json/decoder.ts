import { Arena, heapArena, discard, make } from '../memory/arena';
import { List } from '../bytes/list';
import { Slice, isDigit, sliceOf } from '../bytes/slice';
import { Writer } from '../bytes/writer';
import { JsonParser } from './parser';
import { Kind, Value, writePath } from './value';

/**
 * Reads typed fields from JSON. After a mistake it goes on with empty values, so that your code reads straight through.
 * Only the first mistake is kept; if there is one, use nothing of what was read.
 */
@unmanaged
export class Decoder {
  /** The arena for what is decoded. */
  arena: Arena;
  /** The arena for what is needed only while reading: the parsed values and the message. */
  scratch: Arena;
  /** `<JSON path>: <reason>`, or null. */
  mistake: Slice | null;
  /** The part of the text that stays as long as the results do. */
  private keptFrom: usize;
  private keptTo: usize;

  /** A decoder whose results go to `arena`. Call `discard` when done; in `configure` the SDK does both. */
  static in(arena: Arena): Decoder {
    const decoder = make<Decoder>(arena);
    decoder.arena = arena;
    decoder.scratch = heapArena();
    return decoder;
  }

  /** @internal Says that the text to be read stays as long as the results do. */
  keeps(text: Slice): void {
    this.keptFrom = text.at;
    this.keptTo = text.at + text.length;
  }

  /** Frees what was needed only while reading, including the message of the mistake. */
  discard(): void {
    discard(this.scratch);
  }

  /** Reads JSON; null if it is malformed, which is then the mistake. */
  parse(text: usize, length: i32): Value | null {
    const parser = JsonParser.parse(this.scratch, text, length);
    const mistake = parser.mistake;
    if (!mistake) return parser.root;
    this.fail(parser.within, mistake);
    return null;
  }

  /** Records a mistake at a value: `fail(value, 'must be even')`. Only the first one is kept. */
  fail(value: Value | null, reason: Slice): void {
    if (!this.mistake) this.mistake = this.message(value).text(reason).done();
  }

  /** For reasons with a variable part: begins a message with the value's path. Write the reason, then call `refuse`. */
  message(value: Value | null): Writer {
    const writer = Writer.in(this.scratch);
    writePath(writer, value);
    return writer.text(': ');
  }

  /** Records a mistake that `message` began. */
  refuse(message: Writer): void {
    if (!this.mistake) this.mistake = message.done();
  }

  /** The value if it is an object; otherwise null, and a mistake. */
  object(value: Value | null): Value | null {
    return this.kind(value, Kind.OBJECT, 'must be an object');
  }

  /** The value if it is a list; otherwise null, and a mistake. */
  array(value: Value | null): Value | null {
    return this.kind(value, Kind.ARRAY, 'must be a list');
  }

  /** The value if it is a list that is not empty; otherwise a mistake. */
  filled(value: Value | null): Value | null {
    const array = this.array(value);
    if (array && !array.count) this.fail(array, 'must not be empty');
    return array;
  }

  /** A list with room for each element or member of a value; empty without one. */
  listOf<T>(value: Value | null): List<T> {
    return List.of<T>(this.arena, value ? value.count : 0);
  }

  /** A field of an object; it is a mistake if there is none. */
  required(object: Value | null, name: Slice): Value | null {
    if (!object) return null;
    const value = object.member(name);
    if (!value) this.refuse(this.message(object).text('needs the field "').text(name).byte(0x22));
    return value;
  }

  /** A field of an object; null if there is none. */
  optional(object: Value | null, name: Slice): Value | null {
    return object ? object.member(name) : null;
  }

  /** Call this after reading the last field: fields that nobody asked for are unknown, and a mistake. */
  end(object: Value | null): void {
    if (!object) return;
    for (let value = object.first; value; value = value!.next) {
      if (!value.read) this.fail(value, 'is an unknown field');
    }
  }

  /** A string, not copied: valid until `discard`. Null, and a mistake, if it is something else. */
  string(value: Value | null): Slice | null {
    const string = this.kind(value, Kind.STRING, 'must be a string');
    return string ? string.text : null;
  }

  /** A string, copied to `arena`. Empty, and a mistake, if it is something else. */
  text(value: Value | null): Slice {
    const string = this.kind(value, Kind.STRING, 'must be a string');
    return string ? string.text.copiedTo(this.arena) : sliceOf(this.arena, 0, 0);
  }

  /**
   * A string that must not be empty, copied only if its text does not stay as long as the results: for long
   * ones.
   */
  longText(value: Value): Slice {
    const text = this.string(value);
    if (!text || text.at < this.keptFrom || text.at >= this.keptTo) return this.name(value);
    return text;
  }

  /** A string that must not be empty, copied to `arena`. */
  name(value: Value | null): Slice {
    const text = this.text(value);
    if (value && !text.length) this.fail(value, 'must not be empty');
    return text;
  }

  /** True or false; false without a value. */
  flag(value: Value | null): bool {
    if (value && value.kind != Kind.TRUE && value.kind != Kind.FALSE) this.fail(value, 'must be true or false');
    return value != null && value.kind == Kind.TRUE;
  }

  /** A whole number from `least` to `most` (below 2^63 / 10). */
  whole(value: Value | null, least: u64, most: u64): u64 {
    const number = this.kind(value, Kind.NUMBER, 'must be a number');
    if (!number) return least;
    let result: u64 = 0;
    for (let i = 0; i < number.text.length; i++) {
      const byte = number.text.byte(i);
      if (!isDigit(byte) || result > most) return this.range(number, least, most);
      result = result * 10 + (byte - 0x30);
    }
    return result < least || result > most ? this.range(number, least, most) : result;
  }

  /** A field that is such a number, or `other` if there is none. */
  wholeOr(object: Value | null, name: Slice, least: u64, most: u64, other: u64): u64 {
    const value = this.optional(object, name);
    return value ? this.whole(value, least, most) : other;
  }

  /** A number from 0 to `most` with at most two decimals, in hundredths. */
  hundredths(value: Value | null, most: u32): u32 {
    const number = this.kind(value, Kind.NUMBER, 'must be a number');
    if (!number) return 0;
    const text = number.text;
    let result: u32 = 0;
    let decimals = -1;
    for (let i = 0; i < text.length; i++) {
      const byte = text.byte(i);
      if (byte == 0x2e) decimals = 0;
      else if (!isDigit(byte) || result > most * 100) decimals = 3;
      else {
        result = result * 10 + (byte - 0x30);
        if (decimals >= 0) decimals++;
      }
      if (decimals > 2) {
        this.fail(number, 'must be a number with at most two decimals');
        return 0;
      }
    }
    for (let i = max(decimals, 0); i < 2; i++) result *= 10;
    if (result > most * 100) this.range(number, 0, most);
    return result;
  }

  private range(value: Value, least: u64, most: u64): u64 {
    const message = this.message(value).text('must be a whole number from ').decimal(least).text(' to ');
    this.refuse(message.decimal(most));
    return least;
  }

  private kind(value: Value | null, kind: u8, reason: Slice): Value | null {
    if (!value || value.kind == kind) return value;
    this.fail(value, reason);
    return null;
  }
}
