import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_get_header_map_size,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
  proxy_set_header_map_pairs,
} from '../abi/headers';
import { HeaderMapType } from '../abi/status';
import { Slice, sliceOf } from '../bytes/slice';
import { kept, succeeded } from '../hostcalls/host-status';
import { request } from '../memory/request';
import { Headers, trimValue } from './headers';

const OUT: usize = memory.data(8, 4);

/**
 * One of the host's header maps. In Envoy it exists during its own callback, and for as long as the stream is paused
 * there. Later, reads find nothing and changes return BAD_ARGUMENT. `onLog` can read all maps but the request's
 * trailers.
 */
@unmanaged
export class HeaderMap {
  /** A map has no memory of its own: its address is its number, plus 1 so that none is null. */
  private get map(): u32 {
    return <u32>changetype<usize>(this) - 1;
  }

  /**
   * The first value of a header, in the request's memory; null if there is no such header. If you decide by a header
   * that may be sent twice, use `all`: only there do you see the second one.
   */
  first(name: Slice): Slice | null {
    store<u64>(OUT, 0);
    if (!succeeded(proxy_get_header_map_value(this.map, name.at, name.length, OUT, OUT + 4))) return null;
    const value = sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
    trimValue(name, value);
    return value;
  }

  /** All headers in one host call; null if the host gives none. A request always has headers, so refuse it then. */
  all(): Headers | null {
    store<u64>(OUT, 0);
    if (!succeeded(proxy_get_header_map_pairs(this.map, OUT, OUT + 4))) return null;
    return Headers.decode(request, load<usize>(OUT), load<i32>(OUT, 4));
  }

  /** Replaces all values of a header with this one, and returns the status. */
  set(name: Slice, value: Slice): u32 {
    return kept(proxy_replace_header_map_value(this.map, name.at, name.length, value.at, value.length));
  }

  /** Adds a value to a header, and returns the status. */
  add(name: Slice, value: Slice): u32 {
    return kept(proxy_add_header_map_value(this.map, name.at, name.length, value.at, value.length));
  }

  /** Removes a header with all its values, and returns the status: OK even if there was none. */
  remove(name: Slice): u32 {
    return kept(proxy_remove_header_map_value(this.map, name.at, name.length));
  }

  /**
   * Replaces the whole map with `pairs` (from `HeaderPairs`). In Envoy a request without `:path` or `x-forwarded-proto`
   * finds no route.
   */
  replaceAll(pairs: Slice): u32 {
    return kept(proxy_set_header_map_pairs(this.map, pairs.at, pairs.length));
  }

  /**
   * The bytes of all names and values; 0 if there is no such map. (The specification says the number of headers, Envoy
   * gives bytes.)
   */
  byteLength(): u32 {
    store<u32>(OUT, 0);
    return succeeded(proxy_get_header_map_size(this.map, OUT)) ? load<u32>(OUT) : 0;
  }
}

/** The request's headers. */
export const requestHeaders: HeaderMap = changetype<HeaderMap>(HeaderMapType.REQUEST_HEADERS + 1);
/** The request's trailers. In Envoy, adding one in the body callback that sees the end creates them. */
export const requestTrailers: HeaderMap = changetype<HeaderMap>(HeaderMapType.REQUEST_TRAILERS + 1);
/** The response's headers. */
export const responseHeaders: HeaderMap = changetype<HeaderMap>(HeaderMapType.RESPONSE_HEADERS + 1);
/** The response's trailers. */
export const responseTrailers: HeaderMap = changetype<HeaderMap>(HeaderMapType.RESPONSE_TRAILERS + 1);
