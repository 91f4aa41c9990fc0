import { Slice } from '../bytes/slice';
import { Writer } from '../bytes/writer';
import { Arena, make } from '../memory/arena';

/** What a value is. */
export namespace Kind {
  export const NULL: u8 = 0;
  export const FALSE: u8 = 1;
  export const TRUE: u8 = 2;
  export const NUMBER: u8 = 3;
  export const STRING: u8 = 4;
  export const ARRAY: u8 = 5;
  export const OBJECT: u8 = 6;
}

/**
 * A value in a JSON text. Values point into the text (strings with escapes, to a decoded copy) and to each other:
 *
 *   parent ──first──▶ value ──next──▶ value ──next──▶ 0
 *
 * Both slices are part of the value: a large configuration has some hundred thousand values, and each allocation saved
 * is time and memory in every VM.
 */
@unmanaged
export class Value {
  parent: Value | null;
  /** The first element or member, and the next one beside this value. */
  first: Value | null;
  next: Value | null;
  /** Its position among the elements or members. */
  index: i32;
  /** The number of elements or members. */
  count: i32;
  private textAt: usize;
  private textLength: i32;
  private nameAt: usize;
  private nameLength: i32;
  /** A `Kind`. */
  kind: u8;
  /** Whether somebody asked for this member. One that nobody asked for is an unknown field. */
  read: bool;
  private named: bool;

  /** A string, decoded; a number as it is written; empty for others. */
  get text(): Slice {
    return changetype<Slice>(changetype<usize>(this) + offsetof<Value>('textAt'));
  }

  /** @internal The bytes must stay as long as this value. */
  set text(text: Slice) {
    this.setText(text.at, text.length);
  }

  /** The member's name; null for an element of an array. */
  get name(): Slice | null {
    return this.named ? changetype<Slice>(changetype<usize>(this) + offsetof<Value>('nameAt')) : null;
  }

  /** @internal The bytes must stay as long as this value; null for an element. */
  set name(name: Slice | null) {
    this.named = name != null;
    if (name) this.setName(name.at, name.length);
  }

  /** @internal For the parser: where the text is. */
  setText(at: usize, length: i32): void {
    this.textAt = at;
    this.textLength = length;
  }

  /** @internal For the parser: where the name is. */
  setName(at: usize, length: i32): void {
    this.named = true;
    this.nameAt = at;
    this.nameLength = length;
  }

  /** The member of this name; null if there is none. It then counts as asked for. */
  member(name: Slice): Value | null {
    for (let value = this.first; value; value = value!.next) {
      const known = value.name;
      if (known && known.equals(name)) {
        value.read = true;
        return value;
      }
    }
    return null;
  }

  /** A copy of the value with all that is in it, which no longer needs the text. */
  copiedTo(arena: Arena, parent: Value | null = null): Value {
    const copy = make<Value>(arena);
    memory.copy(changetype<usize>(copy), changetype<usize>(this), offsetof<Value>());
    copy.parent = parent;
    copy.next = null;
    copy.first = null;
    const name = this.name;
    if (name) copy.name = name.copiedTo(arena);
    if (changetype<usize>(this.text)) copy.text = this.text.copiedTo(arena);
    let last: Value | null = null;
    for (let item = this.first; item; item = item!.next) {
      const made = item.copiedTo(arena, copy);
      if (last) last.next = made;
      else copy.first = made;
      last = made;
    }
    return copy;
  }
}

/** The first element or member; null if there is none. Use it with `nextOf` to walk through a value. */
export function firstOf(value: Value | null): Value | null {
  return value ? value.first : null;
}

/** The next element or member; null after the last. */
export function nextOf(value: Value | null): Value | null {
  return value ? value.next : null;
}

/** Writes the path of a value: `$.targets[0].token[1].name`. */
export function writePath(writer: Writer, value: Value | null): void {
  if (!value) return;
  const parent = value.parent;
  if (!parent) {
    writer.byte(0x24);
    return;
  }
  writePath(writer, parent);
  const name = value.name;
  if (name) writer.byte(0x2e).text(name);
  else writer.byte(0x5b).decimal(value.index).byte(0x5d);
}
