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
 * One of the host's header maps. Envoy: it is there during its own callback and while the stream stands paused in that; later
 * reads find nothing and changes are BAD_ARGUMENT. In `proxy_on_log` all but the request's trailers can be read.
 */
@unmanaged
export class HeaderMap {
  /** A map has no memory. What should be its address is its number, plus 1 so that none is null. */
  private get map(): u32 {
    return <u32>changetype<usize>(this) - 1;
  }

  /**
   * The first value of a header, in the request's memory; null when it is absent. An empty value is a value. Whoever decides by a
   * header that may be sent twice reads `all` instead: only there is the second one seen.
   */
  first(name: Slice): Slice | null {
    store<u64>(OUT, 0);
    if (!succeeded(proxy_get_header_map_value(this.map, name.at, name.length, OUT, OUT + 4))) return null;
    const value = sliceOf(request, load<usize>(OUT), load<i32>(OUT, 4));
    trimValue(name, value);
    return value;
  }

  /** All headers by one host call; null when the host gives none. A request never lacks them: then the caller refuses. */
  all(): Headers | null {
    store<u64>(OUT, 0);
    if (!succeeded(proxy_get_header_map_pairs(this.map, OUT, OUT + 4))) return null;
    return Headers.decode(request, load<usize>(OUT), load<i32>(OUT, 4));
  }

  /** Puts the value in place of all values of this name, and returns the status. */
  set(name: Slice, value: Slice): u32 {
    return kept(proxy_replace_header_map_value(this.map, name.at, name.length, value.at, value.length));
  }

  /** Adds one more value of this name. */
  add(name: Slice, value: Slice): u32 {
    return kept(proxy_add_header_map_value(this.map, name.at, name.length, value.at, value.length));
  }

  /** Takes away all values of this name; OK also where there is none. */
  remove(name: Slice): u32 {
    return kept(proxy_remove_header_map_value(this.map, name.at, name.length));
  }

  /**
   * Puts `pairs` (of `HeaderPairs`) in place of the whole map. Envoy: without `:path` a request finds no route, and without
   * `x-forwarded-proto` neither.
   */
  replaceAll(pairs: Slice): u32 {
    return kept(proxy_set_header_map_pairs(this.map, pairs.at, pairs.length));
  }

  /** Bytes of all names and values; 0 when there is no such map. (The specification says the number of headers; Envoy: bytes.) */
  byteLength(): u32 {
    store<u32>(OUT, 0);
    return succeeded(proxy_get_header_map_size(this.map, OUT)) ? load<u32>(OUT) : 0;
  }
}

/** The request's headers. */
export const requestHeaders: HeaderMap = changetype<HeaderMap>(HeaderMapType.REQUEST_HEADERS + 1);
/** The request's trailers. Envoy: adding one in the body callback that sees the end makes them. */
export const requestTrailers: HeaderMap = changetype<HeaderMap>(HeaderMapType.REQUEST_TRAILERS + 1);
/** The response's headers. */
export const responseHeaders: HeaderMap = changetype<HeaderMap>(HeaderMapType.RESPONSE_HEADERS + 1);
/** The response's trailers. */
export const responseTrailers: HeaderMap = changetype<HeaderMap>(HeaderMapType.RESPONSE_TRAILERS + 1);
