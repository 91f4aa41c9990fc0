import { Slice } from '../bytes/slice';
import { callForeignFunction } from './foreign-function';

/** The bytes in zlib's format (RFC 1950), by Envoy; null when it cannot. */
export function compress(bytes: Slice): Slice | null {
  return callForeignFunction('compress', bytes);
}

/**
 * The bytes of a text in zlib's format; null when it is none (SERIALIZATION_FAILURE) or comes to more than the request's memory
 * may take from the host, 16 MiB (INVALID_MEMORY_ACCESS). Envoy inflates all of it first: not for what strangers send.
 */
export function uncompress(bytes: Slice): Slice | null {
  return callForeignFunction('uncompress', bytes);
}
