/** What the request's side leaves for the headers of the response. */
@unmanaged
export class RateLimitHeaders {
  stream: u32;
  limit: u64;
  remaining: u64;
  reset: u64;
}

/**
 * They stand in a ring by the stream's id (ids only ever increase), so nobody need give one back: it is overwritten by
 * the stream that comes RING later. A response that comes so late only goes without these headers.
 */
const RING: u32 = 1024;
const RECORD_BYTES: usize = 32;
const TABLE: usize = memory.data(32768, 8);

export function headersFor(stream: u32): RateLimitHeaders {
  const headers = place(stream);
  headers.stream = stream;
  return headers;
}

export function headersOf(stream: u32): RateLimitHeaders | null {
  const headers = place(stream);
  return headers.stream == stream ? headers : null;
}

function place(stream: u32): RateLimitHeaders {
  return changetype<RateLimitHeaders>(TABLE + <usize>(stream & (RING - 1)) * RECORD_BYTES);
}
