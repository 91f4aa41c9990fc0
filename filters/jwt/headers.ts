import { Headers, Kind, List, Slice, Value, Writer, request, requestHeaders } from 'proxy-wasm';
import { Call } from '../call/call';
import { cookiesWithout } from '../call/cookie';
import { removeEverySpelling, removeOtherSpellings } from '../call/spelling';
import { claimAt } from './claim-at';
import { ClaimHeader, JwtPolicy, Place, Source } from './policy';
import { Finding } from './verify';

/** Headers that tell the service what a token said are the proxy's alone: whatever the caller sent under their names goes. */
export function removeCopies(call: Call, policies: List<JwtPolicy>): void {
  let changed = false;
  for (let i = 0; i < policies.length; i++) {
    const providers = policies.at(i).providers;
    for (let j = 0; j < providers.length; j++) {
      changed = removedLookalikes(call, providers.at(j).sources) || changed;
      changed = removed(call, providers.at(j).headers) || changed;
      const payload = providers.at(j).payloadHeader;
      changed = (payload != null && removedOne(call, payload)) || changed;
    }
  }
  if (changed) reread(call);
}

/** A token that nobody checked, under a name that the service may take for the one that was. */
function removedLookalikes(call: Call, sources: List<Source>): bool {
  let changed = false;
  for (let i = 0; i < sources.length; i++) {
    const source = sources.at(i);
    changed = (source.place == Place.HEADER && removeOtherSpellings(call.headers, source.name)) || changed;
  }
  return changed;
}

function removed(call: Call, headers: List<ClaimHeader> | null): bool {
  let changed = false;
  for (let i = 0; headers && i < headers.length; i++) {
    changed = removedOne(call, headers.at(i).header) || changed;
  }
  return changed;
}

function removedOne(call: Call, name: Slice): bool {
  return removeEverySpelling(call.headers, name);
}

/** Claims go to their headers; a token that shall not reach the service goes away. */
export function passOn(call: Call, findings: List<Finding>): void {
  let changed = false;
  for (let i = 0; i < findings.length; i++) {
    const finding = findings.at(i);
    const provider = finding.provider;
    if (!provider) continue;
    const headers = provider.headers;
    for (let j = 0; headers && j < headers.length; j++) {
      const text = scalarText(claimAt(finding.claims, headers.at(j).claim));
      if (!text || !isHeaderValue(text)) continue;
      requestHeaders.add(headers.at(j).header, text);
      changed = true;
    }
    const payload = provider.payloadHeader;
    if (payload) {
      requestHeaders.add(payload, payloadOf(finding.text));
      changed = true;
    }
    if (!provider.forward) {
      removeToken(call, finding.source);
      changed = true;
    }
  }
  // The steps that follow match and count by what the service will see.
  if (changed) reread(call);
}

function removeToken(call: Call, source: Source): void {
  if (source.place == Place.HEADER) return requestHeaders.remove(source.name);
  if (source.place == Place.COOKIE) return removeCookie(call, source.name);
  const query = call.query;
  const path = call.headers.first(':path');
  if (!query || !path) return;
  const rest = query.without(request, source.name);
  const changed = Writer.in(request, path.length).bytes(path.at, path.indexOf(0x3f));
  if (rest.length) changed.byte(0x3f).text(rest);
  call.queryText = rest;
  requestHeaders.set(':path', changed.done());
}

/** Over HTTP/2 cookies may come in several headers; they go on in one (RFC 9113 §8.2.3). */
function removeCookie(call: Call, name: Slice): void {
  const all = Writer.in(request);
  for (let i = 0; i < call.headers.count; i++) {
    if (!call.headers.name(i).equals('cookie')) continue;
    const rest = cookiesWithout(request, call.headers.value(i), name);
    if (all.length && rest.length) all.text('; ');
    all.text(rest);
  }
  const header: Slice = 'cookie';
  if (all.length) requestHeaders.set(header, all.done());
  else requestHeaders.remove(header);
}

/** The claims in base64url, as the token has them. */
function payloadOf(text: Slice): Slice {
  return text.part(request, text.indexOf(0x2e) + 1, text.lastIndexOf(0x2e));
}

/** A host that gives no headers leaves those that were read: they were right but for what was changed. */
function reread(call: Call): void {
  const headers = requestHeaders.all();
  if (headers) call.headers = headers;
}

/** A claim as text: of texts, numbers and truth values only. */
export function scalarText(value: Value | null): Slice | null {
  if (!value) return null;
  if (value.kind == Kind.STRING || value.kind == Kind.NUMBER) return value.text;
  if (value.kind == Kind.TRUE) return 'true';
  return value.kind == Kind.FALSE ? 'false' : null;
}

/** Control characters, which JSON can spell, would end the header and begin another. */
function isHeaderValue(text: Slice): bool {
  for (let i = 0; i < text.length; i++) {
    const byte = text.byte(i);
    if (byte < 0x20 || byte == 0x7f) return false;
  }
  return true;
}
