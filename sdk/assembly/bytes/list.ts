import { Arena, make } from '../memory/arena';

/** A list of fixed length, of unmanaged objects or numbers. */
@unmanaged
export class List<T> {
  private items: usize;
  length: i32;

  /** The item at `index`. Traps if there is no such index. */
  at(index: i32): T {
    assert(<u32>index < <u32>this.length);
    return load<T>(this.items + <usize>index * sizeof<T>());
  }

  /** Sets the item at `index`. Traps if there is no such index. */
  put(index: i32, item: T): void {
    assert(<u32>index < <u32>this.length);
    store<T>(this.items + <usize>index * sizeof<T>(), item);
  }

  /** A list of `length` items, all zero or null. */
  static of<T>(arena: Arena, length: i32): List<T> {
    const list = make<List<T>>(arena);
    list.items = arena.zeroed(<usize>length * sizeof<T>());
    list.length = length;
    return list;
  }
}
