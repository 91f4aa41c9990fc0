/**
 * Memory that is given out and taken back in any order, by powers of two:
 *
 *   ┌───────┬─────────────┐
 *   │ class │ given out   │   2^class bytes in all; while it is free, `class` is followed by the next free one
 *   └───────┴─────────────┘
 *
 * One list of free blocks for each size. Blocks are neither split nor joined: what the SDK takes are a few kinds of
 * records and the blocks of arenas, which come back in the sizes in which they went. It is a tenth of the size of a
 * general allocator, and finding a block costs the same whatever is free.
 */
const FREE: usize = memory.data(128, 4);
const HEAD: usize = 8;
const CLASS_MIN: u32 = 4;

/** Memory on the heap that lasts until `free`: aligned to 8, with any content. */
export function allocate(bytes: usize): usize {
  const size = max<u32>(32 - clz<u32>(<u32>(bytes + HEAD - 1)), CLASS_MIN);
  const list = FREE + ((<usize>size) << 2);
  let block = load<usize>(list);
  if (block) store<usize>(list, load<usize>(block, 4));
  else block = heap.alloc((<usize>1) << size);
  store<u32>(block, size);
  return block + HEAD;
}

/** Frees what `allocate` gave. */
export function free(at: usize): void {
  const block = at - HEAD;
  const list = FREE + ((<usize>load<u32>(block)) << 2);
  store<usize>(block, load<usize>(list), 4);
  store<usize>(list, block);
}

/** How many bytes `allocate` really gives for so many: a little more is often free. */
export function roomOf(bytes: usize): usize {
  return ((<usize>1) << max<u32>(32 - clz<u32>(<u32>(bytes + HEAD - 1)), CLASS_MIN)) - HEAD;
}
