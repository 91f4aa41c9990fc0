import { Slice } from '../bytes/slice';
import { Writer } from '../bytes/writer';
import { Arena, make } from '../memory/arena';

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
 * One value of a JSON text. Values refer to the text (strings with escapes: to a decoded copy) and to each other:
 *
 *   parent ──first──▶ value ──next──▶ value ──next──▶ 0
 *
 * The two slices stand within the value: a large configuration has some hundred thousand values, and each allocation that
 * a value does without is time and memory of every VM.
 */
@unmanaged
export class Value {
  parent: Value | null;
  first: Value | null;
  next: Value | null;
  /** Position in an array, or among the members of an object. */
  index: i32;
  /** Members or elements. */
  count: i32;
  private textAt: usize;
  private textLength: i32;
  private nameAt: usize;
  private nameLength: i32;
  kind: u8;
  /** Whether a decoder asked for this member: what nobody asks for is an unknown field. */
  read: bool;
  private named: bool;

  /** Decoded string, or the digits of a number as written; empty for other kinds. */
  get text(): Slice {
    return changetype<Slice>(changetype<usize>(this) + offsetof<Value>('textAt'));
  }

  /** Points to bytes that must live as long as this value. */
  set text(text: Slice) {
    this.setText(text.at, text.length);
  }

  /** Name within an object, null within an array. */
  get name(): Slice | null {
    return this.named ? changetype<Slice>(changetype<usize>(this) + offsetof<Value>('nameAt')) : null;
  }

  /** Points to bytes that must live as long as this value; null for an element. */
  set name(name: Slice | null) {
    this.named = name != null;
    if (name) this.setName(name.at, name.length);
  }

  /** For the parser: where the text stands, in bytes. */
  setText(at: usize, length: i32): void {
    this.textAt = at;
    this.textLength = length;
  }

  /** For the parser: where the name stands, in bytes. */
  setName(at: usize, length: i32): void {
    this.named = true;
    this.nameAt = at;
    this.nameLength = length;
  }

  /** An object's member by its name; null when it has none. It counts as read from then on. */
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

  /** The value with all that is in it, apart from the text that it was read from. As deep as the parser lets values be. */
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

/** The first element or member; null where there is none, or no value. With `nextOf` it walks through them. */
export function firstOf(value: Value | null): Value | null {
  return value ? value.first : null;
}

/** The element or member behind this one; null behind the last. */
export function nextOf(value: Value | null): Value | null {
  return value ? value.next : null;
}

/** `$.targets[0].token[1].name`: what a message names. */
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
