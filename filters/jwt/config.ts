import { Decoder, Kind, List, Slice, SliceSet, Value, firstOf, isHeaderName, make, nextOf, sliceOf } from 'proxy-wasm';
import { Target } from '../call/target';
import { CredentialCache } from '../credential-cache/cache';
import { PathReading } from '../path/reading';
import { decodeNames } from '../rule/decode-match';
import { indexOf } from '../rule/rule-index';
import { defineCounters } from '../verdict/counters';
import { Reason } from '../verdict/reason';
import { decodeKeySet } from './key-set';
import { KeySetAddress } from './key-set-address';
import { ClaimHeader, ClaimValue, JwtPolicy, JwtProvider, JwtRule, Place, RequiredClaim, Source } from './policy';

const SKEW_MS: u64 = 60000;
/** A week, as in the policy language: beyond it an expiry says little. */
const SKEW_MS_MAX: u64 = 604800000;
/** The last second of the year 9999. */
const MOMENT_MS_MAX: u64 = 253402300799000;

/** 64 tokens that were refused, 256 KiB: whoever sends others each time gains nothing by more of them. */
const REFUSED_SETS_BITS: u32 = 4;

/** As in the policy language. */
const REFRESH_MS_MIN: u64 = 10000;
const REFRESH_MS_MAX: u64 = 86400000;
const TIMEOUT_MS_MIN: u64 = 100;
const TIMEOUT_MS_MAX: u64 = 10000;

/** The `jwt` policies of a target; null where it has none. */
export function decodeJwt(decoder: Decoder, object: Value | null, target: Target): List<JwtPolicy> | null {
  const array = decoder.array(decoder.optional(object, 'jwt'));
  if (!array || !array.count) return null;
  const policies = decoder.listOf<JwtPolicy>(array);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    policies.put(item.index, decodePolicy(decoder, item, policies, target.paths));
  }
  defineCounters(Reason.JWT_MISSING, Reason.JWT_CLAIMS);
  return policies;
}

function decodePolicy(decoder: Decoder, value: Value, policies: List<JwtPolicy>, paths: PathReading): JwtPolicy {
  const policy = make<JwtPolicy>(decoder.arena);
  const object = decoder.object(value);
  policy.decode(decoder, object);
  const array = decoder.filled(decoder.required(object, 'providers'));
  policy.providers = decoder.listOf<JwtProvider>(array);
  const names = SliceSet.withRoom(decoder.scratch, policy.providers.length);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const provider = decodeProvider(decoder, item);
    if (!names.add(provider.name)) decoder.fail(item, 'has the name of another provider');
    if (isNamedOtherwise(policies, value.index, provider)) decoder.fail(item, 'has the name of another issuer');
    policy.providers.put(item.index, provider);
  }
  policy.sources = shareSources(decoder, policy.providers);
  policy.rules = decodeRules(decoder, decoder.optional(object, 'rules'), policy.providers, paths);
  policy.index = indexOf(decoder, policy.rules);
  policy.notBeforeMs = decoder.wholeOr(object, 'notBeforeMs', 0, MOMENT_MS_MAX, 0);
  policy.proved = CredentialCache.in(decoder.arena);
  policy.refused = CredentialCache.in(decoder.arena, REFUSED_SETS_BITS);
  decoder.end(object);
  return policy;
}

/** A subject is known by its provider's name, in all policies: that may mean one issuer only. */
function isNamedOtherwise(policies: List<JwtPolicy>, before: i32, provider: JwtProvider): bool {
  for (let i = 0; i < before; i++) {
    const others = policies.at(i).providers;
    for (let j = 0; j < others.length; j++) {
      const other = others.at(j);
      if (other.name.equals(provider.name) && !other.issuer.equals(provider.issuer)) return true;
    }
  }
  return false;
}

function decodeProvider(decoder: Decoder, value: Value): JwtProvider {
  const provider = make<JwtProvider>(decoder.arena);
  const object = decoder.object(value);
  const name = decoder.required(object, 'name');
  provider.name = decoder.name(name);
  if (provider.name.indexOf(0x2f) >= 0) decoder.fail(name, 'must not have a slash');
  provider.issuer = decoder.name(decoder.required(object, 'issuer'));
  provider.audiences = decodeNames(decoder, decoder.optional(object, 'audiences'));
  const jwks = decoder.required(object, 'jwks');
  const fetch = decoder.optional(decoder.object(jwks), 'fetch');
  if (fetch) provider.address = decodeAddress(decoder, fetch);
  else provider.keys = decodeKeySet(decoder, jwks);
  if (fetch) decoder.end(jwks);
  provider.sources = decodeSources(decoder, decoder.optional(object, 'from'));
  provider.skewMs = decoder.wholeOr(object, 'skewMs', 0, SKEW_MS_MAX, SKEW_MS);
  const subject = decoder.optional(object, 'subject');
  provider.subject = subject ? decoder.name(subject) : 'sub';
  provider.headers = decodeClaimHeaders(decoder, decoder.optional(object, 'claimsToHeaders'));
  const payload = decoder.optional(object, 'payloadToHeader');
  if (payload) provider.payloadHeader = headerName(decoder, payload);
  const forward = decoder.optional(object, 'forward');
  provider.forward = !forward || decoder.flag(forward);
  decoder.end(object);
  return provider;
}

function decodeAddress(decoder: Decoder, value: Value): KeySetAddress {
  const address = make<KeySetAddress>(decoder.arena);
  const object = decoder.object(value);
  address.cluster = decoder.name(decoder.required(object, 'cluster'));
  address.authority = decoder.name(decoder.required(object, 'authority'));
  address.path = decoder.name(decoder.required(object, 'path'));
  const refresh = decoder.required(object, 'refreshMs');
  address.refreshNs = decoder.whole(refresh, REFRESH_MS_MIN, REFRESH_MS_MAX) * 1000000;
  address.timeoutMs = <u32>decoder.whole(decoder.required(object, 'timeoutMs'), TIMEOUT_MS_MIN, TIMEOUT_MS_MAX);
  decoder.end(object);
  return address;
}

/** Without `from`: as RFC 6750 carries tokens. */
function decodeSources(decoder: Decoder, value: Value | null): List<Source> {
  const array = decoder.filled(value);
  const sources = List.of<Source>(decoder.arena, array ? array.count : 1);
  if (!array) sources.put(0, source(decoder, 'authorization', Place.HEADER, 'Bearer '));
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const object = decoder.object(item);
    const header = decoder.optional(object, 'header');
    const query = decoder.optional(object, 'query');
    const cookie = decoder.optional(object, 'cookie');
    const prefix = decoder.optional(object, 'prefix');
    const count = i32(header != null) + i32(query != null) + i32(cookie != null);
    if (object && count != 1) decoder.fail(object, 'needs exactly one of "header", "query" and "cookie"');
    if (!header && prefix) decoder.fail(prefix, 'belongs to a header');
    const made = header
      ? source(decoder, headerName(decoder, header), Place.HEADER, '')
      : source(decoder, decoder.name(query ? query : cookie), query ? Place.QUERY : Place.COOKIE, '');
    if (prefix) made.prefix = decoder.text(prefix);
    decoder.end(object);
    sources.put(item.index, made);
  }
  return sources;
}

function source(decoder: Decoder, name: Slice, place: Place, prefix: Slice): Source {
  const made = make<Source>(decoder.arena);
  made.name = name;
  made.place = place;
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
  const headers = decoder.listOf<ClaimHeader>(array);
  for (let item = firstOf(array); item; item = nextOf(item)) {
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
function decodeRules(
  decoder: Decoder,
  value: Value | null,
  providers: List<JwtProvider>,
  paths: PathReading,
): List<JwtRule> {
  const array = decoder.filled(value);
  const rules = List.of<JwtRule>(decoder.arena, array ? array.count : 1);
  if (!array) {
    const rule = make<JwtRule>(decoder.arena);
    rule.name = 'default';
    rules.put(0, rule);
  }
  for (let item = firstOf(array); item; item = nextOf(item)) {
    rules.put(item.index, decodeRule(decoder, item, providers, paths));
  }
  return rules;
}

function decodeRule(decoder: Decoder, value: Value, providers: List<JwtProvider>, paths: PathReading): JwtRule {
  const rule = make<JwtRule>(decoder.arena);
  const object = decoder.object(value);
  rule.decodePackable(decoder, object, paths);
  const require = decoder.optional(object, 'require');
  const word = require ? decoder.text(require) : sliceOf(decoder.arena, 0, 0);
  rule.optional = word.equals('valid');
  if (require && !word.equals('jwt') && !rule.optional && !word.equals('none'))
    decoder.fail(require, 'must be "jwt", "valid" or "none"');
  rule.exempts = word.equals('none');
  rule.providers = decodeProviderNames(decoder, decoder.optional(object, 'providers'), providers);
  rule.claims = decodeClaims(decoder, decoder.optional(object, 'claims'));
  rule.scopes = decodeNames(decoder, decoder.optional(object, 'scopes'));
  decoder.end(object);
  if ((rule.exempts || rule.optional) && (rule.claims || rule.scopes)) {
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
  const claims = decoder.listOf<RequiredClaim>(object);
  for (let item = firstOf(object); item; item = nextOf(item)) {
    item.read = true;
    const claim = make<RequiredClaim>(decoder.arena);
    claim.name = item.name!.copiedTo(decoder.arena);
    const array = decoder.filled(item);
    claim.values = decoder.listOf<ClaimValue>(array);
    for (let one = firstOf(array); one; one = nextOf(one)) {
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
