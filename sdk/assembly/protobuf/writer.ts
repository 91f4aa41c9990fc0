import { Slice } from '../bytes/slice';
import { Writer } from '../bytes/writer';
import { Arena, make } from '../memory/arena';

/**
 * Writes a protocol buffer message field by field. As in proto3, zeros and empty texts are left out.
 * https://protobuf.dev/programming-guides/encoding
 */
@unmanaged
export class MessageWriter {
  private writer: Writer;

  /** Adds a field of bytes, a string, or a message that was written before. */
  bytes(field: u32, value: Slice): MessageWriter {
    if (value.length) this.head(field, value.length).text(value);
    return this;
  }

  /** Adds an integer, enum or boolean field (not sint32, sint64 or fixed). */
  number(field: u32, value: u64): MessageWriter {
    if (value) writeVarint(writeVarint(this.writer, field << 3), value);
    return this;
  }

  /** Adds a message field even if the message is empty. */
  message(field: u32, value: Slice): MessageWriter {
    this.head(field, value.length).text(value);
    return this;
  }

  /** The bytes of the message. */
  done(): Slice {
    return this.writer.done();
  }

  private head(field: u32, length: i32): Writer {
    return writeVarint(writeVarint(this.writer, (field << 3) | LENGTH_DELIMITED), length);
  }

  /** An empty message, with room for so many bytes at first. */
  static in(arena: Arena, room: i32 = 128): MessageWriter {
    const writer = make<MessageWriter>(arena);
    writer.writer = Writer.in(arena, room);
    return writer;
  }
}

const LENGTH_DELIMITED: u32 = 2;

/** Writes a varint: base 128, the lowest digit first, at most ten bytes. */
export function writeVarint(writer: Writer, value: u64): Writer {
  for (; value >= 0x80; value >>= 7) writer.byte(((<u32>value) & 0x7f) | 0x80);
  return writer.byte(<u32>value);
}
