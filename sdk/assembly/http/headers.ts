import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
} from '../abi/headers';
import { Arena, make } from '../memory/arena';
import { request } from '../memory/request';
import { Slice, isBlank, lower } from '../bytes/slice';
import { kept, succeeded } from '../hostcalls/host-status';
import { Writer } from '../bytes/writer';

const OUT: usize = memory.data(8, 4);

/**
 * All headers of a message, read with one host call: asking for a single one costs as much, and answers with the first
 * value only where a header is repeated.
 *
 *   ┌───────┬───────────────────────────────┬──────────────────────────────┐
 *   │ count │ (name bytes, value bytes)×count│ (name NUL value NUL)×count   │  u32, little endian
 *   └───────┴───────────────────────────────┴──────────────────────────────┘
 */
@unmanaged
export class Headers {
  private slices: usize;
  count: i32;

  /** The name at `index`, from 0 to `count - 1`, in lower case as the host has it. */
  name(index: i32): Slice {
    return changetype<Slice>(this.slices + ((<usize>index) << 4));
  }

  /** The value at `index`, from 0 to `count - 1`, without blanks and tabs around it; those of pseudo headers as they are. */
  value(index: i32): Slice {
    return changetype<Slice>(this.slices + ((<usize>index) << 4) + 8);
  }

  /** Index of the next header of this name at or after `from`, or -1. */
  find(name: Slice, from: i32 = 0): i32 {
    for (let i = from; i < this.count; i++) {
      if (this.name(i).equals(name)) return i;
    }
    return -1;
  }

  /** The first value of a header; null when it is absent. */
  first(name: Slice): Slice | null {
    const at = this.find(name);
    return at < 0 ? null : this.value(at);
  }

  /** Null when the host gives no headers, which a request never lacks: the caller refuses. */
  static read(map: u32): Headers | null {
    store<u64>(OUT, 0);
    if (!succeeded(proxy_get_header_map_pairs(map, OUT, OUT + 4))) return null;
    return Headers.decode(request, load<usize>(OUT), load<i32>(OUT, 4));
  }

  /**
   * Reads what stands at `at`, of which nothing is believed; null when it is not well-formed, or holds no header. The
   * slices point into it.
   */
  static decode(arena: Arena, at: usize, length: i32): Headers | null {
    if (length < 4) return null;
    const count = load<u32>(at);
    if (!count || count > (<u32>(length - 4)) >> 3) return null;
    const headers = make<Headers>(arena);
    headers.count = count;
    headers.slices = arena.take((<usize>count) << 4);
    const end = at + length;
    let next = at + 4 + ((<usize>count) << 3);
    for (let i: u32 = 0; i < count << 1; i++) {
      const size = load<u32>(at + 4 + (i << 2));
      if (next > end || <usize>size > end - next) return null;
      const slice = changetype<Slice>(headers.slices + (i << 3));
      slice.at = next;
      slice.length = size;
      next += size + 1;
      // A blank in a path or an authority is a byte like any other: it makes another, or a wrong one.
      if (i & 1 && headers.name(i >> 1).byte(0) != 0x3a) trim(slice);
    }
    return headers;
  }
}

/**
 * Blanks around a value are no part of it (RFC 9110 §5.5). Over HTTP/1 Envoy takes them off, over HTTP/2 it does not, and an
 * application may.
 */
function trim(value: Slice): void {
  while (value.length && isBlank(load<u8>(value.at))) {
    value.at++;
    value.length--;
  }
  while (value.length && isBlank(load<u8>(value.at + value.length - 1))) value.length--;
}

/** Adds one more value of a header (`map` is a `HeaderMapType`), and returns the status. */
export function addHeader(map: u32, name: Slice, value: Slice): u32 {
  return kept(proxy_add_header_map_value(map, name.at, name.length, value.at, value.length));
}

/** Takes away all values of a header, and returns the status: OK also where there is none. */
export function removeHeader(map: u32, name: Slice): u32 {
  return kept(proxy_remove_header_map_value(map, name.at, name.length));
}

/** Whether this may stand as a header's name (RFC 9110 token, lower case; no pseudo header). */
export function isHeaderName(name: Slice): bool {
  for (let i = 0; i < name.length; i++) {
    const byte = name.byte(i);
    if (byte <= 0x20 || byte >= 0x7f || lower(byte) != byte || isDelimiter(byte)) return false;
  }
  return name.length > 0;
}

function isDelimiter(byte: u32): bool {
  const delimiters: Slice = '"(),/:;<=>?@[\\]{}';
  return delimiters.indexOf(byte) >= 0;
}

/** Header pairs being written for a host call: names and values first, as their number stands in front of them. */
@unmanaged
export class HeaderPairs {
  private sizes: Writer;
  private bytes: Writer;
  private count: u32;

  /** Adds a pair. Names are written in lower case. */
  add(name: Slice, value: Slice): void {
    this.sizes.u32(name.length).u32(value.length);
    this.bytes.slice(name).byte(0).slice(value).byte(0);
    this.count++;
  }

  /** The pairs as the host takes them, in the memory of the request. */
  done(): Slice {
    const size = this.sizes.length + this.bytes.length + 4;
    return Writer.in(request, size).u32(this.count).slice(this.sizes.done()).slice(this.bytes.done()).done();
  }

  /** No pairs yet, in the memory of the request. */
  static begin(): HeaderPairs {
    const pairs = make<HeaderPairs>(request);
    pairs.sizes = Writer.in(request, 64);
    pairs.bytes = Writer.in(request, 256);
    return pairs;
  }
}

/** Puts one value in place of all values of a header, and returns the status. */
export function replaceHeader(map: u32, name: Slice, value: Slice): u32 {
  return kept(proxy_replace_header_map_value(map, name.at, name.length, value.at, value.length));
}
