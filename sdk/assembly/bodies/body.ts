import { BufferType } from '../abi/status';
import { Slice, sliceOf } from '../bytes/slice';
import { bufferLength, readBuffer, writeBuffer } from '../hostcalls/buffer';
import { request } from '../memory/request';

/**
 * Bytes that the host holds: a body, TCP data, or the body of a call's answer. After a callback that paused, the next
 * one sees everything so far; after one that continued, only the new piece.
 */
@unmanaged
export class Body {
  /** A buffer has no memory here: its address is its number, plus 1 so that none is null. */
  private get buffer(): u32 {
    return <u32>changetype<usize>(this) - 1;
  }

  /** How many bytes are held now; 0 if there is no such buffer. */
  get length(): i32 {
    return max(bufferLength(this.buffer), 0);
  }

  /** Up to `length` bytes from `start` on, in the request's memory; null if there is no such buffer. */
  read(start: i32, length: i32): Slice | null {
    return readBuffer(this.buffer, start, length);
  }

  /** All bytes that are held; null if there are more than `most`, or no such buffer. */
  all(most: i32): Slice | null {
    const length = bufferLength(this.buffer);
    return length < 0 || length > most ? null : readBuffer(this.buffer, 0, length);
  }

  /** Replaces all that is held, and returns the status. Remove the `content-length` or correct it. */
  replace(bytes: Slice): u32 {
    return writeBuffer(this.buffer, 0, i32.MAX_VALUE, bytes);
  }

  /** Inserts `bytes` before what is held. */
  prepend(bytes: Slice): u32 {
    return writeBuffer(this.buffer, 0, 0, bytes);
  }

  /** Appends `bytes` to what is held. */
  append(bytes: Slice): u32 {
    return writeBuffer(this.buffer, i32.MAX_VALUE, 0, bytes);
  }

  /** Removes all that is held. */
  clear(): u32 {
    return this.replace(sliceOf(request, 0, 0));
  }
}

/** The request's body, in `onRequestBody`. */
export const requestBody: Body = changetype<Body>(BufferType.REQUEST_BODY + 1);
/** The response's body, in `onResponseBody`. */
export const responseBody: Body = changetype<Body>(BufferType.RESPONSE_BODY + 1);
/** What the client sent on a TCP connection, in `onDownstreamData`. */
export const downstreamData: Body = changetype<Body>(BufferType.DOWNSTREAM_DATA + 1);
/** What the upstream sent on a TCP connection, in `onUpstreamData`. */
export const upstreamData: Body = changetype<Body>(BufferType.UPSTREAM_DATA + 1);
