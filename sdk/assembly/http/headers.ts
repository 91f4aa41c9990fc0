import { Arena, make } from '../memory/arena';
import { request } from '../memory/request';
import { Slice, lower } from '../bytes/slice';
import { Writer } from '../bytes/writer';

/**
 * All headers of a message, read with one host call. Reading a single one costs as much.
 *
 *   ┌───────┬───────────────────────────────┬──────────────────────────────┐
 *   │ count │ (name bytes, value bytes)×count│ (name NUL value NUL)×count   │  u32, little endian
 *   └───────┴───────────────────────────────┴──────────────────────────────┘
 */
@unmanaged
export class Headers {
  private slices: usize;
  count: i32;

  /** The name at `index`, in lower case as the host has it. */
  name(index: i32): Slice {
    return changetype<Slice>(this.slices + ((<usize>index) << 4));
  }

  /** The value at `index`, without blanks and tabs around it. Values of pseudo headers are left as they are. */
  value(index: i32): Slice {
    return changetype<Slice>(this.slices + ((<usize>index) << 4) + 8);
  }

  /** The index of the first header of this name at or after `from`, or -1. */
  find(name: Slice, from: i32 = 0): i32 {
    for (let i = from; i < this.count; i++) {
      if (this.name(i).equals(name)) return i;
    }
    return -1;
  }

  /** The first value of a header; null if there is no such header. */
  first(name: Slice): Slice | null {
    const at = this.find(name);
    return at < 0 ? null : this.value(at);
  }

  /**
   * @internal Reads headers as the host writes them, and trusts nothing: null if they are malformed, or if there are
   * none. The slices point into them.
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
      if (i & 1) trimValue(headers.name(i >> 1), slice);
    }
    return headers;
  }
}

/**
 * Removes blanks around a value: they are not part of it (RFC 9110 §5.5), but over HTTP/2 Envoy leaves them there.
 * Pseudo headers keep them: in a path or an authority a blank is a byte like any other.
 */
export function trimValue(name: Slice, value: Slice): void {
  if (name.byte(0) != 0x3a) value.trim();
}

/** Whether this is a valid header name: an RFC 9110 token in lower case, no pseudo header. */
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

/** Headers for a host call. Names and values are collected first, because their number comes before them. */
@unmanaged
export class HeaderPairs {
  private sizes: Writer;
  private bytes: Writer;
  private count: u32;

  /** Adds a header. Write its name in lower case. */
  add(name: Slice, value: Slice): void {
    this.sizes.u32(name.length).u32(value.length);
    this.bytes.text(name).byte(0).text(value).byte(0);
    this.count++;
  }

  /** The headers as the host takes them, in the request's memory. */
  done(): Slice {
    const size = this.sizes.length + this.bytes.length + 4;
    return Writer.in(request, size).u32(this.count).text(this.sizes.done()).text(this.bytes.done()).done();
  }

  /** An empty list of headers, in the request's memory. */
  static begin(): HeaderPairs {
    const pairs = make<HeaderPairs>(request);
    pairs.sizes = Writer.in(request, 64);
    pairs.bytes = Writer.in(request, 256);
    return pairs;
  }
}
