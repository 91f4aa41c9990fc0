import { List, Slice, lower, make, request } from 'proxy-wasm';
import { Call } from '../call/call';
import { cookieValue } from '../call/cookie';
import { Reason } from '../verdict/reason';
import { Place, Source } from './policy';

/** What the caller shows: one token and where it stood, or why there is none. */
@unmanaged
export class Credential {
  /** None when there is a token. */
  reason: Reason;
  text: Slice;
  source: Source;
}

/** Looks at every place: a second token is refused even beside a valid one, since what stands behind might take the other. */
export function credentialOf(call: Call, sources: List<Source>): Credential {
  const found = make<Credential>(request);
  found.reason = Reason.JWT_MISSING;
  for (let i = 0; i < sources.length && found.reason != Reason.JWT_DUPLICATE; i++) {
    const source = sources.at(i);
    if (source.place == Place.QUERY) readQuery(call, source, found);
    else if (source.place == Place.COOKIE) readCookie(call, source, found);
    else readHeader(call, source, found);
  }
  return found;
}

function readQuery(call: Call, source: Source, found: Credential): void {
  const query = call.query;
  const at = query ? query.find(source.name) : -1;
  if (!query || at < 0) return;
  put(found, source, query.value(at));
  if (query.findNext(at) >= 0) found.reason = Reason.JWT_DUPLICATE;
}

function readCookie(call: Call, source: Source, found: Credential): void {
  const text = cookieValue(request, call.headers, source.name);
  if (text) put(found, source, text);
  if (text && cookieValue(request, call.headers, source.name, 1)) found.reason = Reason.JWT_DUPLICATE;
}

/** A comma is in no token: it joins two headers into one. */
function readHeader(call: Call, source: Source, found: Credential): void {
  const at = call.headers.find(source.name);
  if (at < 0) return;
  const value = call.headers.value(at);
  if (call.headers.find(source.name, at + 1) >= 0 || value.indexOf(0x2c) >= 0) {
    found.reason = Reason.JWT_DUPLICATE;
  } else if (hasPrefix(value, source.prefix)) {
    put(found, source, value.part(request, source.prefix.length, value.length));
  }
}

function put(found: Credential, source: Source, text: Slice): void {
  found.reason = found.reason == Reason.JWT_MISSING ? Reason.NONE : Reason.JWT_DUPLICATE;
  found.source = source;
  found.text = text;
}

/** RFC 9110 §11.1: the name of a scheme is the same in any case. */
function hasPrefix(value: Slice, prefix: Slice): bool {
  if (value.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) {
    if (lower(value.byte(i)) != lower(prefix.byte(i))) return false;
  }
  return true;
}
