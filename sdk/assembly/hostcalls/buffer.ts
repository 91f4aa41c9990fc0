import { proxy_get_buffer_bytes, proxy_get_buffer_status, proxy_set_buffer_bytes } from '../abi/buffers';
import { Slice, sliceOf } from '../bytes/slice';
import { request } from '../memory/request';
import { kept, succeeded } from './host-status';

const OUT: usize = memory.data(8, 4);

/**
 * Bytes `start` to `start + length` of a buffer (a `BufferType`), as far as it has them, in the request's memory. Null when
 * there is no such buffer now (NOT_FOUND) or the range overflows (BAD_ARGUMENT). Envoy: a start beyond the end reads empty.
 *
 * Large bodies are read in pieces: one call can have 16 MiB at most, and memory that a VM once had it keeps.
 */
export function readBuffer(buffer: u32, start: i32, length: i32): Slice | null {
  store<u64>(OUT, 0);
  if (!succeeded(proxy_get_buffer_bytes(buffer, start, length, OUT, OUT + 4))) return null;
  return sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
}

/**
 * Writes into a buffer and returns the status. Envoy can prepend (start 0, length 0), append (start at or beyond the end)
 * and replace all (start 0, length at least the buffer's); anything else is BAD_ARGUMENT. A message whose length changes
 * must lose its `content-length`, or carry the new one.
 */
export function writeBuffer(buffer: u32, start: i32, length: i32, bytes: Slice): u32 {
  return kept(proxy_set_buffer_bytes(buffer, start, length, bytes.at, bytes.length));
}

/** The bytes that a buffer holds now; -1 when there is no such buffer (`hostStatus` says why). */
export function bufferLength(buffer: u32): i32 {
  store<u64>(OUT, 0);
  return succeeded(proxy_get_buffer_status(buffer, OUT, OUT + 4)) ? load<i32>(OUT) : -1;
}
