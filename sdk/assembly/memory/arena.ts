import { copyBytes } from '../bytes/copy';
import { allocate, free, roomOf } from './heap';

/**
 * Memory that is given out by moving a pointer and taken back all at once.
 *
 *   heap block   ┌──────┬─────────────┬──────────┐
 *                │ next │ given out   │ free     │   next: the block before, 0 for the last
 *                └──────┴─────────────┴──────────┘
 *                                     ▲ top      ▲ end
 *
 * A block that is full stays where it is, since pointers into it are alive; the next one comes from the heap.
 * An arena is the owner of everything in it: no object on the request path is managed, so no collector ever runs.
 */
@unmanaged
export class Arena {
  top: usize;
  end: usize;
  private blocks: usize;
  /** Bytes held from the heap. */
  heapBytes: usize;

  /** `size` bytes with any content, aligned to 8 (u64 loads of wire records). */
  take(size: usize): usize {
    const aligned = (size + 7) & ~7;
    if (aligned > this.end - this.top) this.grow(aligned);
    const taken = this.top;
    this.top = taken + aligned;
    return taken;
  }

  /** `size` bytes, all zero. */
  zeroed(size: usize): usize {
    const taken = this.take(size);
    // Most of what is made is some 8 to 64 bytes, for which V8's `memory.fill` is the dearer.
    for (let at = taken; at < this.top; at += 8) store<u64>(at, 0);
    return taken;
  }

  /** A copy of `length` bytes at `from`. */
  copy(from: usize, length: usize): usize {
    const taken = this.take(length);
    copyBytes(taken, from, length);
    return taken;
  }

  /**
   * Takes over the newest heap block of another arena with all that is in it, if `at` is; what that arena gives out next is
   * from another one. So what is large need not be copied to live longer.
   */
  adopts(from: Arena, at: usize): bool {
    const block = from.blocks;
    if (!block || at < block || at >= from.end) return false;
    const bytes = from.end - block;
    from.blocks = load<usize>(block);
    from.heapBytes -= bytes;
    store<usize>(block, this.blocks);
    this.blocks = block;
    this.heapBytes += bytes;
    this.top = from.top;
    this.end = from.end;
    // Full, and not 0: for the host's allocations that would be an arena that nobody entered.
    from.top = from.end;
    return true;
  }

  /** Gives back the heap blocks; what stays is [start, end), 0 and 0 where the arena has no memory of its own. */
  reset(start: usize, end: usize): void {
    let block = this.blocks;
    while (block) {
      const next = load<usize>(block);
      free(block);
      block = next;
    }
    this.blocks = 0;
    this.heapBytes = 0;
    this.top = start;
    this.end = end;
  }

  private grow(size: usize): void {
    const bytes = roomOf(max<usize>(size + BLOCK_HEAD, BLOCK_BYTES));
    const block = allocate(bytes);
    store<usize>(block, this.blocks);
    this.blocks = block;
    this.heapBytes += bytes;
    this.top = block + BLOCK_HEAD;
    this.end = block + bytes;
  }
}

const BLOCK_HEAD: usize = 8;
/** Smaller blocks would make a large configuration many heap blocks, larger ones waste memory on the usual small one. */
const BLOCK_BYTES: usize = 8000;

/** An empty arena whose blocks all come from the heap. Give it back with `discard`. */
export function heapArena(): Arena {
  const at = allocate(offsetof<Arena>());
  memory.fill(at, 0, offsetof<Arena>());
  return changetype<Arena>(at);
}

/** Gives an arena of `heapArena` back with all that is in it. */
export function discard(arena: Arena): void {
  arena.reset(0, 0);
  free(changetype<usize>(arena));
}

/** An object of an `@unmanaged` class, all its fields zero. (`new` would take it from the heap, where nobody frees it.) */
export function make<T>(arena: Arena): T {
  return changetype<T>(arena.zeroed(offsetof<T>()));
}
