import { Arena, Kind, List, Slice, Value, make } from 'proxy-wasm';
import { contains } from '../rule/match';
import { Reason } from '../verdict/reason';
import { RequiredClaim } from './policy';
import { claimAt } from './claim-at';

/** The year 30 million comes then. */
const SECONDS_END: i64 = 1000000000000000;
/** An exponent with more digits than two is no date's. */
const EXPONENT_MAX = 99;
const EXPONENT_WRONG = 1000;
/** A moment that is not there, and one that is no number of seconds since 1970. */
const ABSENT: i64 = -1;
const WRONG: i64 = -2;

/** When a token is in force, in ms since 1970. */
@unmanaged
export class Times {
  /** Exclusive: RFC 7519 §4.1.4, on the expiry itself it is over. */
  expiry: i64;
  /** The later of `nbf` and `iat`. */
  begin: i64;
  issued: i64;

  /** Null where one of them is no number of seconds since 1970. */
  static of(arena: Arena, claims: Value): Times | null {
    const expiry = moment(claims.member('exp'));
    const begin = moment(claims.member('nbf'));
    const issued = moment(claims.member('iat'));
    if (expiry == WRONG || begin == WRONG || issued == WRONG) return null;
    const times = make<Times>(arena);
    times.expiry = expiry;
    times.begin = max(begin, issued);
    times.issued = issued;
    return times;
  }

  /**
   * None while the token is in force. Each moment may be off by the skew; one that never ends is not believed. Tokens that
   * were issued before `notBefore`, or do not say when, are revoked.
   */
  refused(nowMs: i64, skewMs: i64, notBeforeMs: i64): Reason {
    if (this.expiry == ABSENT || nowMs >= this.expiry + skewMs) return Reason.JWT_EXPIRED;
    if (this.begin > nowMs + skewMs) return Reason.JWT_NOT_YET_VALID;
    return notBeforeMs > 0 && this.issued < notBeforeMs ? Reason.JWT_EXPIRED : Reason.NONE;
  }

  copiedTo(arena: Arena): Times {
    return changetype<Times>(arena.copy(changetype<usize>(this), offsetof<Times>()));
  }
}

/** Any JSON number (RFC 7519 §2), as `1795256700.38` or `1.7952567E9`; what is less than a second is left away. */
function moment(value: Value | null): i64 {
  if (!value) return ABSENT;
  if (value.kind != Kind.NUMBER || value.text.byte(0) == 0x2d) return WRONG;
  const text = value.text;
  let end = 0;
  let point = -1;
  for (; end < text.length && (text.byte(end) | 0x20) != 0x65; end++) if (text.byte(end) == 0x2e) point = end;
  const exponent = exponentAt(text, end);
  if (exponent == EXPONENT_WRONG) return WRONG;
  const whole = (point < 0 ? end : point) + exponent;
  let seconds: i64 = 0;
  for (let i = 0, read = 0; read < whole; i++) {
    if (i == point) continue;
    seconds = seconds * 10 + (i < end ? text.byte(i) - 0x30 : 0);
    if (seconds >= SECONDS_END) return WRONG;
    read++;
  }
  return seconds * 1000;
}

/** The number behind the `e` at `at`; 0 where there is none. */
function exponentAt(text: Slice, at: i32): i32 {
  if (at == text.length) return 0;
  const sign = text.byte(at + 1);
  let exponent = 0;
  for (let i = sign == 0x2b || sign == 0x2d ? at + 2 : at + 1; i < text.length; i++) {
    exponent = exponent * 10 + (text.byte(i) - 0x30);
    if (exponent > EXPONENT_MAX) return EXPONENT_WRONG;
  }
  return sign == 0x2d ? -exponent : exponent;
}

/** `aud` is a text or a list of texts; one of them is one of ours. */
export function isForAudience(claims: Value, audiences: List<Slice>): bool {
  const audience = claims.member('aud');
  if (!audience) return false;
  if (audience.kind == Kind.STRING) return contains(audiences, audience.text);
  for (let item = audience.kind == Kind.ARRAY ? audience.first : null; item; item = item!.next) {
    if (item.kind == Kind.STRING && contains(audiences, item.text)) return true;
  }
  return false;
}

export function hasClaims(claims: Value, required: List<RequiredClaim> | null): bool {
  for (let i = 0; required && i < required.length; i++) {
    const value = claimAt(claims, required.at(i).name);
    if (!value) return false;
    let held = value.kind != Kind.ARRAY && isOneOf(value, required.at(i));
    for (let item = value.kind == Kind.ARRAY ? value.first : null; item && !held; item = item!.next) {
      held = isOneOf(item, required.at(i));
    }
    if (!held) return false;
  }
  return true;
}

function isOneOf(value: Value, claim: RequiredClaim): bool {
  for (let i = 0; i < claim.values.length; i++) {
    const wanted = claim.values.at(i);
    if (wanted.kind != value.kind) continue;
    if (value.kind == Kind.TRUE || value.kind == Kind.FALSE || wanted.text.equals(value.text)) return true;
  }
  return false;
}

/** All scopes, in `scope` (RFC 8693 §4.2: words of one text) or in `scp`; either may be a list too. */
export function hasScopes(claims: Value, scopes: List<Slice> | null): bool {
  for (let i = 0; scopes && i < scopes.length; i++) {
    if (!grants(claims.member('scope'), scopes.at(i)) && !grants(claims.member('scp'), scopes.at(i))) return false;
  }
  return true;
}

function grants(value: Value | null, scope: Slice): bool {
  if (!value) return false;
  if (value.kind == Kind.STRING) return hasWord(value.text, scope);
  for (let item = value.kind == Kind.ARRAY ? value.first : null; item; item = item!.next) {
    if (item.kind == Kind.STRING && item.text.equals(scope)) return true;
  }
  return false;
}

function hasWord(text: Slice, word: Slice): bool {
  for (let from = 0; from <= text.length;) {
    let end = text.indexOf(0x20, from);
    if (end < 0) end = text.length;
    if (end - from == word.length && memory.compare(text.at + from, word.at, word.length) == 0) return true;
    from = end + 1;
  }
  return false;
}
