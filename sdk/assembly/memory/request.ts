import { Arena } from './arena';

/** Enough for the headers, verdict and answer of a usual request; more comes from the heap until the callback ends. */
const STATIC_BYTES: usize = 65536;
/**
 * What a callback may take from the heap. The memory of a VM never shrinks, and all requests of a worker share it. Beyond it the
 * host gets none, and what a filter takes itself is there, but `overdrawn`.
 */
const HEAP_BYTES_MAX: usize = 16 * 1024 * 1024;

const STATIC: usize = memory.data(65536, 16);

/** The memory of the callback that is running; `enter` empties it. */
export const request: Arena = changetype<Arena>(memory.data(offsetof<Arena>(), 16));

/** Whether the host was refused memory in this callback. */
let hostRefused: bool = false;

/** The first statement of every exported callback. */
export function enter(): void {
  request.reset(STATIC, STATIC + STATIC_BYTES);
  hostRefused = false;
}

/**
 * Whether the callback that is running took more memory than one may, or the host could not give it what it asked for. Nobody
 * can refuse memory without a trap; so who takes some for each of many things asks this before the next, and who lets a
 * request pass asks it before. The request must then be refused, as what was found out about it may be wrong.
 */
export function overdrawn(): bool {
  return hostRefused || request.heapBytes > HEAP_BYTES_MAX;
}

/** The host takes memory here for what its calls return. It is the only way in while a callback runs. */
export function proxy_on_memory_allocate(size: usize): usize {
  if (request.top == 0) enter();
  if (size <= HEAP_BYTES_MAX && request.heapBytes + size <= HEAP_BYTES_MAX) return request.take(size);
  hostRefused = true;
  return 0;
}
