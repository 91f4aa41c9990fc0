import { Arena, heapArena, discard, make } from '../memory/arena';
import { List } from '../bytes/list';
import { Slice, isDigit, sliceOf } from '../bytes/slice';
import { Writer } from '../bytes/writer';
import { JsonParser } from './parser';
import { Kind, Value, writePath } from './value';

/**
 * Reads typed fields out of a JSON text. A mistake does not stop the reading: it goes on with empty values, so that the
 * code which decodes a configuration reads straight through. Only the first mistake is kept, and with one nothing that
 * was decoded may be used.
 */
@unmanaged
export class Decoder {
  /** What is decoded lives here. */
  arena: Arena;
  /** What only the reading needs: the parsed values and the message. */
  scratch: Arena;
  /** `<json path>: <reason>`, or null. */
  mistake: Slice | null;
  /** What of the text that is read lives as long as the results. */
  private keptFrom: usize;
  private keptTo: usize;

  /** A decoder whose results will live in `arena`; `discard` it in the end. */
  static in(arena: Arena): Decoder {
    const decoder = make<Decoder>(arena);
    decoder.arena = arena;
    decoder.scratch = heapArena();
    return decoder;
  }

  /** The text that will be read lives as long as the results. */
  keeps(text: Slice): void {
    this.keptFrom = text.at;
    this.keptTo = text.at + text.length;
  }

  /** Gives back what only the reading needed, the text of the mistake too. */
  discard(): void {
    discard(this.scratch);
  }

  /** Reads a text of `length` bytes; null when it is not JSON, which is then the mistake. */
  parse(text: usize, length: i32): Value | null {
    const parser = JsonParser.parse(this.scratch, text, length);
    const mistake = parser.mistake;
    if (!mistake) return parser.root;
    this.fail(parser.within, mistake);
    return null;
  }

  /** Notes a mistake at a value: its path, then the reason. The first one is kept. */
  fail(value: Value | null, reason: Slice): void {
    if (!this.mistake) this.mistake = this.message(value).text(reason).done();
  }

  /** For reasons that name something: the caller writes the reason behind the path, then calls `refuse`. */
  message(value: Value | null): Writer {
    const writer = Writer.in(this.scratch);
    writePath(writer, value);
    return writer.text(': ');
  }

  /** Notes a mistake that begins with `message`. */
  refuse(message: Writer): void {
    if (!this.mistake) this.mistake = message.done();
  }

  /** The value when it is an object; else null and a mistake. */
  object(value: Value | null): Value | null {
    return this.kind(value, Kind.OBJECT, 'must be an object');
  }

  /** The value when it is a list; else null and a mistake. */
  array(value: Value | null): Value | null {
    return this.kind(value, Kind.ARRAY, 'must be a list');
  }

  /** An array with something in it: an empty list of conditions says nothing that a reader could be sure of. */
  filled(value: Value | null): Value | null {
    const array = this.array(value);
    if (array && !array.count) this.fail(array, 'must not be empty');
    return array;
  }

  /** A list with a place for each element or member; without places where there is no value. */
  listOf<T>(value: Value | null): List<T> {
    return List.of<T>(this.arena, value ? value.count : 0);
  }

  /** A field that must be there. */
  required(object: Value | null, name: Slice): Value | null {
    if (!object) return null;
    const value = object.member(name);
    if (!value) this.refuse(this.message(object).text('needs the field "').text(name).byte(0x22));
    return value;
  }

  /** A field that may be there; null when it is not. */
  optional(object: Value | null, name: Slice): Value | null {
    return object ? object.member(name) : null;
  }

  /** After the last field was read: whatever nobody asked for is unknown. */
  end(object: Value | null): void {
    if (!object) return;
    for (let value = object.first; value; value = value!.next) {
      if (!value.read) this.fail(value, 'is not a field that this filter knows');
    }
  }

  /** A string where it stands: good until `discard`. Null when it is none. */
  string(value: Value | null): Slice | null {
    const string = this.kind(value, Kind.STRING, 'must be a string');
    return string ? string.text : null;
  }

  /** A string, copied. Empty when it is none. */
  text(value: Value | null): Slice {
    const string = this.kind(value, Kind.STRING, 'must be a string');
    return string ? string.text.copiedTo(this.arena) : sliceOf(this.arena, 0, 0);
  }

  /** A text that is not empty, copied only where it does not live long enough: for long ones. */
  longText(value: Value): Slice {
    const text = this.string(value);
    if (!text || text.at < this.keptFrom || text.at >= this.keptTo) return this.name(value);
    return text;
  }

  /** A text that is not empty, copied. */
  name(value: Value | null): Slice {
    const text = this.text(value);
    if (value && !text.length) this.fail(value, 'must not be empty');
    return text;
  }

  /** Whether it is true; false where it is absent. */
  flag(value: Value | null): bool {
    if (value && value.kind != Kind.TRUE && value.kind != Kind.FALSE) this.fail(value, 'must be true or false');
    return value != null && value.kind == Kind.TRUE;
  }

  /** A whole number from 0 to `most` (which is below 2^63 / 10). */
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

  /** A field that is a whole number as for `whole`, and `other` where it is not there. */
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
