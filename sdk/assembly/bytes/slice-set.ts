import { slotOf, tableHash } from '../hash/table-hash';
import { Arena, make } from '../memory/arena';
import { Slice } from './slice';

/** A set of texts. It keeps the slices themselves, not copies. */
@unmanaged
export class SliceSet {
  /** Pointers to slices, 0 where there is none; at least a third of them. */
  private entries: usize;
  private slots: u32;

  /** An empty set with room for so many texts. */
  static withRoom(arena: Arena, texts: i32): SliceSet {
    const set = make<SliceSet>(arena);
    set.slots = <u32>texts + ((<u32>texts) >> 1) + 1;
    set.entries = arena.zeroed(<usize>set.slots * sizeof<usize>());
    return set;
  }

  /** Adds a text; false if it was in the set already. There must be room. */
  add(text: Slice): bool {
    const at = this.placeOf(text);
    if (load<usize>(at)) return false;
    store<usize>(at, changetype<usize>(text));
    return true;
  }

  /** Whether the text is in the set. */
  has(text: Slice): bool {
    return load<usize>(this.placeOf(text)) != 0;
  }

  /** The entry of the text, or the empty one where it belongs. */
  private placeOf(text: Slice): usize {
    const end = this.entries + <usize>this.slots * sizeof<usize>();
    let at = this.entries + <usize>slotOf(tableHash(0, text.at, text.length), this.slots) * sizeof<usize>();
    while (load<usize>(at) && !load<Slice>(at).equals(text)) {
      at += sizeof<usize>();
      if (at == end) at = this.entries;
    }
    return at;
  }
}
