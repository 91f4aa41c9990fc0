import { layLiterals } from '../lifecycle/literals';
import { Arena } from '../memory/arena';

// Before anything of any filter runs: whoever has a literal imports this file.
layLiterals();

const ONES: u64 = 0x0101010101010101;
const HIGH_BITS: u64 = 0x8080808080808080;

/**
 * Bytes somewhere in memory, which the slice does not own. Where a slice is expected, a string literal is one: its
 * UTF-8 bytes are in static memory, shared by all literals with the same text, so never change them.
 */
@unmanaged
export class Slice {
  /** The address of the first byte. */
  at: usize;
  length: i32;

  /** The byte at `index`, or 0 beyond the end: a loop needs no second check. */
  byte(index: i32): u32 {
    return <u32>index < <u32>this.length ? load<u8>(this.at + index) : 0;
  }

  /**
   * Whether these are the same bytes: `path.equals('/')`. Stops at the first difference, so use `sameInConstantTime`
   * for secrets.
   */
  equals(other: Slice): bool {
    return this.length == other.length && same(this.at, other.at, this.length);
  }

  /** Whether the bytes begin with `prefix`. */
  startsWith(prefix: Slice): bool {
    return prefix.length <= this.length && same(this.at, prefix.at, prefix.length);
  }

  /** Whether the bytes end with `suffix`. */
  endsWith(suffix: Slice): bool {
    const from = this.length - suffix.length;
    return from >= 0 && same(this.at + from, suffix.at, suffix.length);
  }

  /** The index of the first such byte at or after `from`, or -1. */
  indexOf(byte: u32, from: i32 = 0): i32 {
    const end = this.at + this.length;
    let at = this.at + from;
    for (; at + 8 <= end; at += 8) {
      // A byte that is the one becomes 0. The highest bit of the first such byte is set in `found`; behind it it may be wrong.
      const word = load<u64>(at) ^ (ONES * byte);
      const found = (word - ONES) & ~word & HIGH_BITS;
      if (found) return <i32>(at - this.at) + ((<i32>ctz(found)) >> 3);
    }
    for (; at < end; at++) {
      if (load<u8>(at) == byte) return <i32>(at - this.at);
    }
    return -1;
  }

  /** The index of the last such byte, or -1. */
  lastIndexOf(byte: u32): i32 {
    for (let i = this.length - 1; i >= 0; i--) {
      if (load<u8>(this.at + i) == byte) return i;
    }
    return -1;
  }

  /** The bytes from index `from` up to but not including `to`, not copied. Both must be within the slice. */
  part(arena: Arena, from: i32, to: i32): Slice {
    return sliceOf(arena, this.at + from, to - from);
  }

  /** A slice of the same bytes without the spaces and tabs at both ends, not copied. */
  trimmed(arena: Arena): Slice {
    const slice = this.part(arena, 0, this.length);
    slice.trim();
    return slice;
  }

  /** The same, but shortens this slice. Never use it on a literal, which others share. */
  trim(): void {
    while (this.length && isBlank(load<u8>(this.at))) {
      this.at++;
      this.length--;
    }
    while (this.length && isBlank(load<u8>(this.at + this.length - 1))) this.length--;
  }

  /** A copy with A to Z in lower case; other bytes are the same. */
  lowerCase(arena: Arena): Slice {
    const at = arena.take(this.length);
    for (let i = 0; i < this.length; i++) store<u8>(at + i, lower(load<u8>(this.at + i)));
    return sliceOf(arena, at, this.length);
  }

  /** A copy in `arena`. What is to outlive the callback must be copied. */
  copiedTo(arena: Arena): Slice {
    return sliceOf(arena, arena.copy(this.at, this.length), this.length);
  }
}

/** Whether `length` bytes are the same. Not for secrets. */
export function same(a: usize, b: usize, length: i32): bool {
  for (; length >= 8; length -= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
  }
  while (length--) {
    if (load<u8>(a++) != load<u8>(b++)) return false;
  }
  return true;
}

/** A slice of the `length` bytes at `at`, which are not copied. */
export function sliceOf(arena: Arena, at: usize, length: i32): Slice {
  const slice = changetype<Slice>(arena.take(offsetof<Slice>()));
  slice.at = at;
  slice.length = length;
  return slice;
}

/** The UTF-8 bytes of a string that was made at run time. */
export function textSlice(arena: Arena, text: string): Slice {
  const at = arena.take(String.UTF8.byteLength(text));
  return sliceOf(arena, at, <i32>String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, at));
}

/** The byte in lower case, if it is A to Z. */
export function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** Whether the byte is 0 to 9. */
export function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

/** Whether the byte is A to Z or a to z. */
export function isLetter(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26;
}

/** Whether the byte is a space or a tab. */
export function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09;
}
