import { Arena } from './arena';

/** Enough for the headers, verdict and answer of a usual request; more comes from the heap until the callback ends. */
const STATIC_BYTES: usize = 65536;
/**
 * What a callback may take from the heap. The memory of a VM never shrinks, and all requests of a worker share it. Beyond it the
 * host gets none, and what a filter takes itself is there, but `overdrawn`.
 */
const HEAP_BYTES_MAX: usize = 16 * 1024 * 1024;

const STATIC: usize = memory.data(65536, 16);

/** The memory of the running callback. The next callback empties it. */
export const request: Arena = changetype<Arena>(memory.data(offsetof<Arena>(), 16));

/** Whether the host was refused memory in this callback. */
let hostRefused: bool = false;

/** Empties `request`: the first statement of a callback that is exported by hand. A filter class does so by itself. */
export function enter(): void {
  request.reset(STATIC, STATIC + STATIC_BYTES);
  hostRefused = false;
}

/**
 * Whether the running callback took more memory than it may, or the host could not be given what it asked for. Code
 * that takes memory for each of many things asks this before the next one, and code that lets a request pass asks it
 * first: the request must then be refused, since what was found out about it may be wrong.
 */
export function overdrawn(): bool {
  return hostRefused || request.heapBytes > HEAP_BYTES_MAX;
}

/** Gives the host memory for what its calls return. */
export function proxy_on_memory_allocate(size: usize): usize {
  if (request.top == 0) enter();
  if (size <= HEAP_BYTES_MAX && request.heapBytes + size <= HEAP_BYTES_MAX) return request.take(size);
  hostRefused = true;
  return 0;
}
