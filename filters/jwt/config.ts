import { isHeaderName } from 'proxy-wasm/assembly/http/headers';
import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Kind, Value } from 'proxy-wasm/assembly/json/value';
import { make } from 'proxy-wasm/assembly/memory/arena';
import { List } from 'proxy-wasm/assembly/bytes/list';
import { Slice, sliceOf } from 'proxy-wasm/assembly/bytes/slice';
import { decodeMatches, decodeNames } from '../rule/decode-match';
import { defineCounters } from '../verdict/counters';
import { Reason } from '../verdict/reason';
import { decodeKeySet } from './key-set';
import { ClaimHeader, ClaimValue, JwtPolicy, JwtProvider, JwtRule, RequiredClaim, Source } from './policy';

const SKEW_MS: u64 = 60000;
/** A week, as in the policy language: beyond it an expiry says little. */
const SKEW_MS_MAX: u64 = 604800000;

/** The `jwt` policies of a target; null where it has none. */
export function decodeJwt(decoder: Decoder, object: Value | null): List<JwtPolicy> | null {
  const array = decoder.array(decoder.optional(object, 'jwt'));
  if (!array || !array.count) return null;
  const policies = List.of<JwtPolicy>(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) policies.put(item.index, decodePolicy(decoder, item));
  defineCounters(Reason.JWT_MISSING, Reason.JWT_CLAIMS);
  return policies;
}

function decodePolicy(decoder: Decoder, value: Value): JwtPolicy {
  const policy = make<JwtPolicy>(decoder.arena);
  const object = decoder.object(value);
  policy.decode(decoder, object);
  const array = decoder.filled(decoder.required(object, 'providers'));
  policy.providers = List.of<JwtProvider>(decoder.arena, array ? array.count : 0);
  for (let item = array ? array.first : null; item; item = item!.next) {
    const provider = decodeProvider(decoder, item);
    for (let i = 0; i < item.index; i++) {
      if (policy.providers.at(i).name.equals(provider.name)) decoder.fail(item, 'has the name of another provider');
    }
    policy.providers.put(item.index, provider);
  }
  policy.sources = shareSources(decoder, policy.providers);
  policy.rules = decodeRules(decoder, decoder.optional(object, 'rules'), policy.providers);
  decoder.end(object);
  return policy;
}

function decodeProvider(decoder: Decoder, value: Value): JwtProvider {
  const provider = make<JwtProvider>(decoder.arena);
  const object = decoder.object(value);
  provider.name = decoder.name(decoder.required(object, 'name'));
  provider.issuer = decoder.name(decoder.required(object, 'issuer'));
  provider.audiences = decodeNames(decoder, decoder.optional(object, 'audiences'));
  provider.keys = decodeKeySet(decoder, decoder.required(object, 'jwks'));
  provider.sources = decodeSources(decoder, decoder.optional(object, 'from'));
  const skew = decoder.optional(object, 'skewMs');
  provider.skewMs = skew ? decoder.whole(skew, 0, SKEW_MS_MAX) : SKEW_MS;
  const subject = decoder.optional(object, 'subject');
  provider.subject = subject ? decoder.name(subject) : 'sub';
  provider.headers = decodeClaimHeaders(decoder, decoder.optional(object, 'claimsToHeaders'));
  const forward = decoder.optional(object, 'forward');
  provider.forward = !forward || decoder.flag(forward);
  decoder.end(object);
  return provider;
}

/** Without `from`: as RFC 6750 carries tokens. */
function decodeSources(decoder: Decoder, value: Value | null): List<Source> {
  const array = decoder.filled(value);
  const sources = List.of<Source>(decoder.arena, array ? array.count : 1);
  if (!array) sources.put(0, source(decoder, 'authorization', false, 'Bearer '));
  for (let item = array ? array.first : null; item; item = item!.next) {
    const object = decoder.object(item);
    const header = decoder.optional(object, 'header');
    const query = decoder.optional(object, 'query');
    const prefix = decoder.optional(object, 'prefix');
    if (object && (header != null) == (query != null))
      decoder.fail(object, 'needs exactly one of "header" and "query"');
    if (query && prefix) decoder.fail(prefix, 'belongs to a header');
    const made = source(decoder, query ? decoder.name(query) : headerName(decoder, header), query != null, '');
    if (prefix) made.prefix = decoder.text(prefix);
    decoder.end(object);
    sources.put(item.index, made);
  }
  return sources;
}

function source(decoder: Decoder, name: Slice, query: bool, prefix: Slice): Source {
  const made = make<Source>(decoder.arena);
  made.name = name;
  made.query = query;
  made.prefix = prefix;
  return made;
}

function headerName(decoder: Decoder, value: Value | null): Slice {
  const name = decoder.text(value).lowerCase(decoder.arena);
  if (value && !isHeaderName(name)) decoder.fail(value, 'must be the name of a header');
  return name;
}

/** Providers that read the same place get the same object: a token there is one token, whosever it is. */
function shareSources(decoder: Decoder, providers: List<JwtProvider>): List<Source> {
  let most = 0;
  for (let i = 0; i < providers.length; i++) most += providers.at(i).sources.length;
  const shared = List.of<Source>(decoder.arena, most);
  let count = 0;
  for (let i = 0; i < providers.length; i++) {
    const from = providers.at(i).sources;
    for (let j = 0; j < from.length; j++) {
      let at = 0;
      while (at < count && !shared.at(at).equals(from.at(j))) at++;
      if (at == count) shared.put(count++, from.at(j));
      from.put(j, shared.at(at));
    }
  }
  shared.length = count;
  return shared;
}

function decodeClaimHeaders(decoder: Decoder, value: Value | null): List<ClaimHeader> | null {
  const array = decoder.filled(value);
  if (!array) return null;
  const headers = List.of<ClaimHeader>(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) {
    const made = make<ClaimHeader>(decoder.arena);
    const object = decoder.object(item);
    made.claim = decoder.name(decoder.required(object, 'claim'));
    made.header = headerName(decoder, decoder.required(object, 'header'));
    decoder.end(object);
    headers.put(item.index, made);
  }
  return headers;
}

/** Without rules everybody needs a token, of any provider. */
function decodeRules(decoder: Decoder, value: Value | null, providers: List<JwtProvider>): List<JwtRule> {
  const array = decoder.filled(value);
  const rules = List.of<JwtRule>(decoder.arena, array ? array.count : 1);
  if (!array) {
    const rule = make<JwtRule>(decoder.arena);
    rule.name = 'default';
    rule.required = true;
    rules.put(0, rule);
  }
  for (let item = array ? array.first : null; item; item = item!.next) {
    rules.put(item.index, decodeRule(decoder, item, providers));
  }
  return rules;
}

function decodeRule(decoder: Decoder, value: Value, providers: List<JwtProvider>): JwtRule {
  const rule = make<JwtRule>(decoder.arena);
  const object = decoder.object(value);
  rule.name = decoder.name(decoder.required(object, 'name'));
  rule.match = decodeMatches(decoder, decoder.optional(object, 'match'));
  const require = decoder.optional(object, 'require');
  const word = require ? decoder.text(require) : sliceOf(decoder.arena, 0, 0);
  if (require && !word.is('jwt') && !word.is('none')) decoder.fail(require, 'must be "jwt" or "none"');
  rule.required = !word.is('none');
  rule.providers = decodeProviderNames(decoder, decoder.optional(object, 'providers'), providers);
  rule.claims = decodeClaims(decoder, decoder.optional(object, 'claims'));
  rule.scopes = decodeNames(decoder, decoder.optional(object, 'scopes'));
  decoder.end(object);
  if (!rule.required && (rule.claims || rule.scopes)) {
    decoder.fail(object, 'asks for claims or scopes of a token that it does not require');
  }
  return rule;
}

function decodeProviderNames(
  decoder: Decoder,
  value: Value | null,
  providers: List<JwtProvider>,
): List<JwtProvider> | null {
  const names = decodeNames(decoder, value);
  if (!names) return null;
  const list = List.of<JwtProvider>(decoder.arena, names.length);
  for (let i = 0; i < names.length; i++) {
    let at = 0;
    while (at < providers.length && !providers.at(at).name.equals(names.at(i))) at++;
    if (at < providers.length) list.put(i, providers.at(at));
    else decoder.fail(value, 'names a provider that the policy does not have');
  }
  return list;
}

/** `{claim: [value, …]}`; a value is a text, a number or a truth value. */
function decodeClaims(decoder: Decoder, value: Value | null): List<RequiredClaim> | null {
  const object = decoder.object(value);
  if (!object) return null;
  const claims = List.of<RequiredClaim>(decoder.arena, object.count);
  for (let item = object.first; item; item = item!.next) {
    item.read = true;
    const claim = make<RequiredClaim>(decoder.arena);
    claim.name = item.name!.copiedTo(decoder.arena);
    const array = decoder.filled(item);
    claim.values = List.of<ClaimValue>(decoder.arena, array ? array.count : 0);
    for (let one = array ? array.first : null; one; one = one!.next) {
      const wanted = make<ClaimValue>(decoder.arena);
      wanted.kind = one.kind;
      const written = one.kind == Kind.STRING || one.kind == Kind.NUMBER;
      if (written) wanted.text = one.text.copiedTo(decoder.arena);
      else if (one.kind != Kind.TRUE && one.kind != Kind.FALSE)
        decoder.fail(one, 'must be a text, a number, true or false');
      claim.values.put(one.index, wanted);
    }
    claims.put(item.index, claim);
  }
  return claims;
}
