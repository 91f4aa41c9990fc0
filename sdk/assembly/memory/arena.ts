import { copyBytes } from '../bytes/copy';
import { allocate, free, roomOf } from './heap';

/**
 * Memory that is handed out by moving a pointer, and freed all at once.
 *
 *   heap block   ┌──────┬─────────────┬──────────┐
 *                │ next │ given out   │ free     │   next: the block before, 0 for the last
 *                └──────┴─────────────┴──────────┘
 *                                     ▲ top      ▲ end
 *
 * A full block stays where it is, since pointers into it are in use; the next one comes from the heap. An arena owns
 * everything in it, so no object on the request path is managed and no collector runs.
 */
@unmanaged
export class Arena {
  /** @internal What is free: from `top` up to `end`. */
  top: usize;
  /** @internal */
  end: usize;
  private blocks: usize;
  /** The bytes that it has taken from the heap. */
  heapBytes: usize;

  /** `size` bytes with any content, aligned to 8. */
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
   * @internal Takes over the newest heap block of another arena, with all that is in it, if `at` is in it. So large
   * things need not be copied to last longer.
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

  /**
   * Frees the heap blocks. [start, end) is the memory that stays; 0 and 0 if the arena has none of its own.
   */
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

/** An empty arena on the heap. Free it with `discard`. */
export function heapArena(): Arena {
  const at = allocate(offsetof<Arena>());
  memory.fill(at, 0, offsetof<Arena>());
  return changetype<Arena>(at);
}

/** Frees an arena of `heapArena` with all that is in it. */
export function discard(arena: Arena): void {
  arena.reset(0, 0);
  free(changetype<usize>(arena));
}

/**
 * A new object of an `@unmanaged` class, with all fields zero. (`new` would put it on the heap, where nobody frees it.)
 */
export function make<T>(arena: Arena): T {
  return changetype<T>(arena.zeroed(offsetof<T>()));
}
