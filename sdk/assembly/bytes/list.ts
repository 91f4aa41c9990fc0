import { Arena, make } from '../memory/arena';

/** A list of unmanaged objects (or numbers) of known length. */
@unmanaged
export class List<T> {
  private items: usize;
  length: i32;

  /** The item at `index`. An index that the list does not have is a trap. */
  at(index: i32): T {
    assert(<u32>index < <u32>this.length);
    return load<T>(this.items + <usize>index * sizeof<T>());
  }

  /** Puts an item at `index`. An index that the list does not have is a trap. */
  put(index: i32, item: T): void {
    assert(<u32>index < <u32>this.length);
    store<T>(this.items + <usize>index * sizeof<T>(), item);
  }

  /** A list of `length` items, all zero (null). */
  static of<T>(arena: Arena, length: i32): List<T> {
    const list = make<List<T>>(arena);
    list.items = arena.zeroed(<usize>length * sizeof<T>());
    list.length = length;
    return list;
  }
}
