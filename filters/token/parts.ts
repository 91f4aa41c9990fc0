import { Arena, DAY_MS, NO_DATE, Slice, hexDigit, isDigit, isLetter, make, parseDay, parseSecond } from 'proxy-wasm';

/** A token taken apart, its parts well-formed. */
@unmanaged
export class TokenParts {
  system: Slice;
  date: Slice;
  nonce: Slice | null;
  digest: Slice;
  dateMs: i64;
}

/** `<system>.<date>[.<nonce>].<digest>`, none of which can hold a dot. Null when it is something else. */
export function splitToken(arena: Arena, token: Slice, seconds: bool, md5: bool): TokenParts | null {
  const first = token.indexOf(0x2e);
  const second = first < 0 ? -1 : token.indexOf(0x2e, first + 1);
  const last = token.lastIndexOf(0x2e);
  if (second < 0) return null;
  return tokenParts(
    arena,
    token.part(arena, 0, first),
    token.part(arena, first + 1, second),
    second == last ? null : token.part(arena, second + 1, last),
    token.part(arena, last + 1, token.length),
    seconds,
    md5,
  );
}

/** Null when a part is not well-formed. */
export function tokenParts(
  arena: Arena,
  system: Slice,
  date: Slice,
  nonce: Slice | null,
  digest: Slice,
  seconds: bool,
  md5: bool,
): TokenParts | null {
  if (!isSystemId(system) || date.length != (seconds ? 16 : 8)) return null;
  if (nonce && !isWord(nonce, 6)) return null;
  if (digest.length != (md5 ? 32 : 64)) return null;
  for (let i = 0; i < digest.length; i++) if (hexDigit(digest.byte(i)) < 0) return null;
  const parts = make<TokenParts>(arena);
  parts.dateMs = seconds ? parseSecond(date.at) : parseDay(date.at);
  if (parts.dateMs == NO_DATE) return null;
  parts.system = system;
  parts.date = date;
  parts.nonce = nonce;
  parts.digest = digest;
  return parts;
}

/** A day is valid from its first moment to its last, and for `skewMs` around both; a second for `skewMs` around it. */
export function isFresh(dateMs: i64, seconds: bool, skewMs: i64, nowMs: i64): bool {
  const end = seconds ? dateMs : dateMs + DAY_MS;
  return nowMs >= dateMs - skewMs && nowMs <= end + skewMs;
}

export function isSystemId(text: Slice): bool {
  return isWord(text, 1);
}

function isWord(text: Slice, least: i32): bool {
  if (text.length < least || text.length > 64) return false;
  for (let i = 0; i < text.length; i++) {
    const byte = text.byte(i);
    if (!isLetter(byte) && !isDigit(byte) && byte != 0x2d && byte != 0x5f) return false;
  }
  return true;
}
