import { Slice, sliceOf } from '../bytes/slice';
import { Arena, make } from '../memory/arena';

/**
 * Reads a protocol buffer message, field by field. Nothing in it is believed: a length beyond the end, a varint of more than ten
 * bytes or an unknown wire type ends the reading with `wrong` set.
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
  /** Number of the field that was read last. */
  field: u32;
  /** Its value where it is a number (varint or fixed), else 0. */
  number: u64;
  /** Its bytes where it is a string, bytes or a message, else empty. */
  bytes: Slice;
  /** Whether the message is not well-formed. */
  wrong: bool;

  /** Moves to the next field; false at the end, or where the message is not well-formed. */
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

  /** The slices that it hands out point into `message`, and their heads live in `arena`. */
  static of(arena: Arena, message: Slice): MessageReader {
    const reader = make<MessageReader>(arena);
    reader.arena = arena;
    reader.at = message.at;
    reader.end = message.at + message.length;
    reader.bytes = sliceOf(arena, 0, 0);
    return reader;
  }
}
