import { Slice } from '../bytes/slice';
import { callForeignFunction } from './foreign-function';

/** Compresses bytes to zlib's format (RFC 1950) by Envoy; null if it cannot. */
export function compress(bytes: Slice): Slice | null {
  return callForeignFunction('compress', bytes);
}

/**
 * Decompresses zlib's format; null if it is malformed (SERIALIZATION_FAILURE) or if the result is larger than the 16
 * MiB that a callback may take (INVALID_MEMORY_ACCESS). Envoy decompresses all of it first, so do not use it for what
 * strangers send.
 */
export function uncompress(bytes: Slice): Slice | null {
  return callForeignFunction('uncompress', bytes);
}
