import { Slice } from '../bytes/slice';
import { Writer } from '../bytes/writer';
import { Arena, make } from '../memory/arena';

/**
 * Writes a protocol buffer message, field by field. Numbers that are 0 and texts that are empty are left out, as proto3 has
 * it. https://protobuf.dev/programming-guides/encoding
 */
@unmanaged
export class MessageWriter {
  private writer: Writer;

  /** A field of bytes, a string, or a message that was written before. */
  bytes(field: u32, value: Slice): MessageWriter {
    if (value.length) this.head(field, value.length).text(value);
    return this;
  }

  /** An integer, enum or boolean field (not sint32, sint64 or the fixed ones). */
  number(field: u32, value: u64): MessageWriter {
    if (value) writeVarint(writeVarint(this.writer, field << 3), value);
    return this;
  }

  /** A message field that is there even when the message is empty. */
  message(field: u32, value: Slice): MessageWriter {
    this.head(field, value.length).text(value);
    return this;
  }

  /** The message's bytes. */
  done(): Slice {
    return this.writer.done();
  }

  private head(field: u32, length: i32): Writer {
    return writeVarint(writeVarint(this.writer, (field << 3) | LENGTH_DELIMITED), length);
  }

  /** An empty message; `room` bytes are taken at once, more where it grows. */
  static in(arena: Arena, room: i32 = 128): MessageWriter {
    const writer = make<MessageWriter>(arena);
    writer.writer = Writer.in(arena, room);
    return writer;
  }
}

const LENGTH_DELIMITED: u32 = 2;

/** A number in base 128, the least digit first, at most ten bytes. */
export function writeVarint(writer: Writer, value: u64): Writer {
  for (; value >= 0x80; value >>= 7) writer.byte(((<u32>value) & 0x7f) | 0x80);
  return writer.byte(<u32>value);
}
