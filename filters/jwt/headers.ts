import { HeaderMapType } from 'proxy-wasm/assembly/abi/status';
import { Headers, addHeader, removeHeader, replaceHeader } from 'proxy-wasm/assembly/http/headers';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice } from 'proxy-wasm/assembly/bytes/slice';
import { Writer } from 'proxy-wasm/assembly/bytes/writer';
import { Kind, Value } from 'proxy-wasm/assembly/json/value';
import { request } from 'proxy-wasm/assembly/memory/request';
import { Call } from '../call/call';
import { queryWithout } from '../call/query';
import { ClaimHeader, JwtPolicy, Source } from './policy';
import { memberOf } from './token';
import { Finding } from './verify';

const MAP: u32 = HeaderMapType.REQUEST_HEADERS;

/** Headers that tell the service what a token said are the proxy's alone: whatever the caller sent under their names goes. */
export function removeCopies(call: Call, policies: List<JwtPolicy>): void {
  let changed = false;
  for (let i = 0; i < policies.length; i++) {
    const providers = policies.at(i).providers;
    for (let j = 0; j < providers.length; j++) changed = removed(call, providers.at(j).headers) || changed;
  }
  if (changed) reread(call);
}

function removed(call: Call, headers: List<ClaimHeader> | null): bool {
  let changed = false;
  for (let i = 0; headers && i < headers.length; i++) {
    if (call.headers.find(headers.at(i).header) < 0) continue;
    removeHeader(MAP, headers.at(i).header);
    changed = true;
  }
  return changed;
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
      const text = scalarText(finding.claims, headers.at(j).claim);
      if (!text || !isHeaderValue(text)) continue;
      addHeader(MAP, headers.at(j).header, text);
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
  if (!source.query) return removeHeader(MAP, source.name);
  const query = call.query;
  const path = call.headers.first(':path');
  if (!query || !path) return;
  const rest = queryWithout(request, query, source.name);
  const changed = Writer.in(request, path.length).bytes(path.at, path.indexOf(0x3f));
  if (rest.length) changed.byte(0x3f).slice(rest);
  call.query = rest;
  replaceHeader(MAP, ':path', changed.done());
}

/** A host that gives no headers leaves those that were read: they were right but for what was changed. */
function reread(call: Call): void {
  const headers = Headers.read(MAP);
  if (headers) call.headers = headers;
}

/** A claim as text: of texts, numbers and truth values only. */
export function scalarText(claims: Value, name: Slice): Slice | null {
  const value = memberOf(claims, name);
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
