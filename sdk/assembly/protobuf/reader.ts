import { Slice, sliceOf } from '../bytes/slice';
import { Arena, make } from '../memory/arena';

/**
 * Reads a protocol buffer message field by field. It trusts nothing: a length beyond the end, a varint of more than ten
 * bytes or an unknown wire type ends it with `wrong` set.
 *
 *   const reader = MessageReader.of(request, bytes);
 *   while (reader.next()) if (reader.field == 2) status = reader.number;
 *   if (reader.wrong) …
 */
@unmanaged
export class MessageReader {
  private arena: Arena;
  private at: usize;
  private end: usize;
  /** The number of the current field. */
  field: u32;
  /** Its value if it is a number (varint or fixed), otherwise 0. */
  number: u64;
  /** Its bytes if it is a string, bytes or a message, otherwise empty. */
  bytes: Slice;
  /** Whether the message is malformed. */
  wrong: bool;

  /** Moves to the next field; false at the end, or if the message is malformed. */
  next(): bool {
    if (this.wrong || this.at >= this.end) return false;
    const tag = this.varint();
    const kind = (<u32>tag) & 7;
    this.number = 0;
    this.bytes = sliceOf(this.arena, 0, 0);
    if (!(tag >> 3) || tag > <u64>u32.MAX_VALUE) this.wrong = true;
    else if (kind == 0) this.number = this.varint();
    else if (kind == 1) this.number = this.fixed(8);
    else if (kind == 2) this.delimited();
    else if (kind == 5) this.number = this.fixed(4);
    else this.wrong = true;
    this.field = <u32>(tag >> 3);
    return !this.wrong;
  }

  private varint(): u64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) break;
      const byte: u64 = load<u8>(this.at++);
      if (shift == 63 && byte > 1) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    this.wrong = true;
    return 0;
  }

  private fixed(size: usize): u64 {
    if (this.end - this.at < size) {
      this.wrong = true;
      return 0;
    }
    const value: u64 = size == 8 ? load<u64>(this.at) : <u64>load<u32>(this.at);
    this.at += size;
    return value;
  }

  private delimited(): void {
    const length = this.varint();
    if (this.wrong || length > <u64>(this.end - this.at)) {
      this.wrong = true;
      return;
    }
    this.bytes = sliceOf(this.arena, this.at, <i32>length);
    this.at += <usize>length;
  }

  /** A reader whose slices are in `arena` and point into `message`. */
  static of(arena: Arena, message: Slice): MessageReader {
    const reader = make<MessageReader>(arena);
    reader.arena = arena;
    reader.at = message.at;
    reader.end = message.at + message.length;
    reader.bytes = sliceOf(arena, 0, 0);
    return reader;
  }
}
