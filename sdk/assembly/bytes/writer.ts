import { Arena, make } from '../memory/arena';
import { copyBytes } from './copy';
import { Slice } from './slice';

/** Writes bytes one after the other. When the buffer is full, it moves to a larger one in the same arena. */
@unmanaged
export class Writer {
  at: usize;
  length: i32;
  private room: i32;
  private arena: Arena;

  /** An empty writer with room for so many bytes at first. */
  static in(arena: Arena, room: i32 = 256): Writer {
    const writer = make<Writer>(arena);
    writer.arena = arena;
    writer.at = arena.take(room);
    writer.room = room;
    return writer;
  }

  /** Appends the bytes of a text or any other slice. */
  text(text: Slice): Writer {
    return this.bytes(text.at, text.length);
  }

  /** Appends `length` bytes at `at`. */
  bytes(at: usize, length: i32): Writer {
    this.need(length);
    copyBytes(this.at + this.length, at, length);
    this.length += length;
    return this;
  }

  /** Appends a byte: the lowest of the number. */
  byte(byte: u32): Writer {
    this.need(1);
    store<u8>(this.at + this.length++, byte);
    return this;
  }

  /** Appends four bytes, little endian. */
  u32(value: u32): Writer {
    this.need(4);
    store<u32>(this.at + this.length, value);
    this.length += 4;
    return this;
  }

  /** Appends the digits of a number. */
  decimal(value: u64): Writer {
    let digits = 1;
    for (let rest = value / 10; rest; rest /= 10) digits++;
    this.need(digits);
    let at = this.at + this.length + digits;
    do {
      store<u8>(--at, 0x30 + <u32>(value % 10));
      value /= 10;
    } while (value);
    this.length += digits;
    return this;
  }

  /** What was written. Call it last: writing more may move the bytes. */
  done(): Slice {
    const slice = make<Slice>(this.arena);
    slice.at = this.at;
    slice.length = this.length;
    return slice;
  }

  private need(bytes: i32): void {
    if (this.length + bytes <= this.room) return;
    const room = (this.length + bytes) * 2;
    const at = this.arena.take(room);
    memory.copy(at, this.at, this.length);
    this.at = at;
    this.room = room;
  }
}
