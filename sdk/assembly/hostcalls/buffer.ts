import { proxy_get_buffer_bytes, proxy_get_buffer_status, proxy_set_buffer_bytes } from '../abi/buffers';
import { Slice, sliceOf } from '../bytes/slice';
import { request } from '../memory/request';
import { kept, succeeded } from './host-status';

const OUT: usize = memory.data(8, 4);

/**
 * Up to `length` bytes of a buffer (a `BufferType`) from `start` on, in the request's memory. Null if there is no such
 * buffer now (NOT_FOUND) or if the range overflows (BAD_ARGUMENT). Envoy reads nothing from beyond the end.
 *
 * Read large bodies in pieces: a callback gets 16 MiB at most, and a VM never gives memory back.
 */
export function readBuffer(buffer: u32, start: i32, length: i32): Slice | null {
  store<u64>(OUT, 0);
  if (!succeeded(proxy_get_buffer_bytes(buffer, start, length, OUT, OUT + 4))) return null;
  return sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
}

/**
 * Writes to a buffer, and returns the status. Envoy can prepend (start 0, length 0), append (start at or beyond the
 * end) and replace everything (start 0, length at least the buffer's); all else is BAD_ARGUMENT. When the length of a
 * message changes, its `content-length` must go or change as well.
 */
export function writeBuffer(buffer: u32, start: i32, length: i32, bytes: Slice): u32 {
  return kept(proxy_set_buffer_bytes(buffer, start, length, bytes.at, bytes.length));
}

/** How many bytes a buffer holds now; -1 if there is no such buffer. */
export function bufferLength(buffer: u32): i32 {
  store<u64>(OUT, 0);
  return succeeded(proxy_get_buffer_status(buffer, OUT, OUT + 4)) ? load<i32>(OUT) : -1;
}
