import { Slice } from '../bytes/slice';
import { Writer } from '../bytes/writer';

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
 */
@unmanaged
export class Value {
  kind: u8;
  /** Whether a decoder asked for this member: what nobody asks for is an unknown field. */
  read: bool;
  /** Position in an array, or among the members of an object. */
  index: i32;
  /** Members or elements. */
  count: i32;
  /** Decoded string, or the digits of a number as written. */
  text: Slice;
  /** Name within an object, null within an array. */
  name: Slice | null;
  parent: Value | null;
  first: Value | null;
  next: Value | null;

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
  if (name) writer.byte(0x2e).slice(name);
  else writer.byte(0x5b).decimal(value.index).byte(0x5d);
}
