import { args_get, args_sizes_get, environ_get, environ_sizes_get } from '../abi/wasi';
import { Arena } from '../memory/arena';
import { Slice, sliceOf } from '../bytes/slice';

const SIZES: usize = memory.data(8, 4);

/** The value of an environment variable that the VM was granted; null if it is absent or empty. */
export function environment(arena: Arena, name: Slice): Slice | null {
  store<u64>(SIZES, 0);
  if (environ_sizes_get(SIZES, SIZES + 4) != 0) return null;
  const count = load<i32>(SIZES);
  const pointers = arena.take((<usize>count) << 2);
  const text = arena.take(load<i32>(SIZES, 4));
  if (environ_get(pointers, text) != 0) return null;
  for (let i = 0; i < count; i++) {
    const entry = cString(arena, load<usize>(pointers + (i << 2)));
    const value = name.length + 1;
    if (entry.startsWith(name) && entry.byte(name.length) == 0x3d && entry.length > value) {
      return entry.part(arena, value, entry.length);
    }
  }
  return null;
}

/** A program argument by its index; null beyond the last. Envoy gives none. */
export function programArgument(arena: Arena, index: i32): Slice | null {
  store<u64>(SIZES, 0);
  if (args_sizes_get(SIZES, SIZES + 4) != 0) return null;
  const count = load<i32>(SIZES);
  if (<u32>index >= <u32>count) return null;
  const pointers = arena.take((<usize>count) << 2);
  if (args_get(pointers, arena.take(load<i32>(SIZES, 4))) != 0) return null;
  return cString(arena, load<usize>(pointers + (index << 2)));
}

function cString(arena: Arena, at: usize): Slice {
  let length = 0;
  while (load<u8>(at + length)) length++;
  return sliceOf(arena, at, length);
}
