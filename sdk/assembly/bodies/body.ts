import { BufferType } from '../abi/status';
import { Slice, sliceOf } from '../bytes/slice';
import { bufferLength, readBuffer, writeBuffer } from '../hostcalls/buffer';
import { request } from '../memory/request';

/**
 * Bytes of a message that the host holds: a body, TCP data, or the answer of a call. After a callback that paused, the next one
 * sees all that has come so far; after one that continued, only the new piece.
 */
@unmanaged
export class Body {
  /** A buffer has no memory here. What should be its address is its number, plus 1 so that none is null. */
  private get buffer(): u32 {
    return <u32>changetype<usize>(this) - 1;
  }

  /** The bytes that are held now; 0 when there is no such buffer. */
  get length(): i32 {
    return max(bufferLength(this.buffer), 0);
  }

  /** `length` bytes from `start` on, as far as there are any, in the request's memory; null when there is no such buffer. */
  read(start: i32, length: i32): Slice | null {
    return readBuffer(this.buffer, start, length);
  }

  /** All that is held, or null when that is more than `most` bytes (or there is no such buffer). */
  all(most: i32): Slice | null {
    const length = bufferLength(this.buffer);
    return length < 0 || length > most ? null : readBuffer(this.buffer, 0, length);
  }

  /** Puts `bytes` in place of all that is held, and returns the status. The `content-length` is the filter's to correct. */
  replace(bytes: Slice): u32 {
    return writeBuffer(this.buffer, 0, i32.MAX_VALUE, bytes);
  }

  /** Puts `bytes` in front of what is held. */
  prepend(bytes: Slice): u32 {
    return writeBuffer(this.buffer, 0, 0, bytes);
  }

  /** Puts `bytes` behind what is held. */
  append(bytes: Slice): u32 {
    return writeBuffer(this.buffer, i32.MAX_VALUE, 0, bytes);
  }

  /** Takes away all that is held. */
  clear(): u32 {
    return this.replace(sliceOf(request, 0, 0));
  }
}

/** The request's body, in `proxy_on_request_body`. */
export const requestBody: Body = changetype<Body>(BufferType.REQUEST_BODY + 1);
/** The response's body, in `proxy_on_response_body`. */
export const responseBody: Body = changetype<Body>(BufferType.RESPONSE_BODY + 1);
/** What the client sent on a TCP connection, in `proxy_on_downstream_data`. */
export const downstreamData: Body = changetype<Body>(BufferType.DOWNSTREAM_DATA + 1);
/** What the upstream sent on a TCP connection, in `proxy_on_upstream_data`. */
export const upstreamData: Body = changetype<Body>(BufferType.UPSTREAM_DATA + 1);
