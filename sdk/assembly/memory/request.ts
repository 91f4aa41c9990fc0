import { Arena } from './arena';

/** Enough for the headers, verdict and answer of a usual request; more comes from the heap until the callback ends. */
const STATIC_BYTES: usize = 65536;
/** What the host may ask for within one callback. Beyond it the host call fails, and the filter refuses the request. */
const HOST_BYTES_MAX: usize = 16 * 1024 * 1024;

const STATIC: usize = memory.data(65536, 16);

/** The memory of the callback that is running; `enter` empties it. */
export const request: Arena = changetype<Arena>(memory.data(offsetof<Arena>(), 16));

/** The first statement of every exported callback. */
export function enter(): void {
  request.reset(STATIC, STATIC + STATIC_BYTES);
}

/** The host takes memory here for what its calls return. It is the only way in while a callback runs. */
export function proxy_on_memory_allocate(size: usize): usize {
  if (request.top == 0) enter();
  if (size > HOST_BYTES_MAX || request.heapBytes + size > HOST_BYTES_MAX) return 0;
  return request.take(size);
}
