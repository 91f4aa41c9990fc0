import { environ_get, environ_sizes_get } from '../abi/wasi';
import { Arena } from '../memory/arena';
import { Slice, sliceOf } from '../bytes/slice';

const SIZES: usize = memory.data(8, 4);

/** The value of an environment variable that the VM was granted by name; null when it is absent or empty. */
export function environment(arena: Arena, name: Slice): Slice | null {
  store<u64>(SIZES, 0);
  if (environ_sizes_get(SIZES, SIZES + 4) != 0) return null;
  const count = load<i32>(SIZES);
  const pointers = arena.take((<usize>count) << 2);
  const text = arena.take(load<i32>(SIZES, 4));
  if (environ_get(pointers, text) != 0) return null;
  for (let i = 0; i < count; i++) {
    const at = load<usize>(pointers + (i << 2));
    const entry = sliceOf(arena, at, cStringLength(at));
    const value = name.length + 1;
    if (entry.hasPrefix(name) && entry.byte(name.length) == 0x3d && entry.length > value) {
      return entry.part(arena, value, entry.length);
    }
  }
  return null;
}

function cStringLength(at: usize): i32 {
  let length = 0;
  while (load<u8>(at + length)) length++;
  return length;
}
