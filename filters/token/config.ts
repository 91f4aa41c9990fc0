import {
  DAY_MS,
  Decoder,
  List,
  Slice,
  SliceSet,
  Value,
  firstOf,
  isHeaderName,
  make,
  nextOf,
  sliceOf,
} from 'proxy-wasm';
import { Target } from '../call/target';
import { CredentialCache } from '../credential-cache/cache';
import { PathReading } from '../path/reading';
import { decodeNames } from '../rule/decode-match';
import { indexOf } from '../rule/rule-index';
import { defineCounters } from '../verdict/counters';
import { Reason } from '../verdict/reason';
import { isSystemId } from './parts';
import { System, TokenPolicy, TokenRule } from './policy';
import { decodeReplay } from './replay';
import { decodeSecrets } from './secrets';

const SKEW_MS: u64 = 300000;
/** A week, as in the policy language: beyond it a date says little. */
const SKEW_MS_MAX: u64 = 604800000;
/** The last second of the year 9999. */
const MOMENT_MS_MAX: u64 = 253402300799000;
const DATE_BYTES_MAX: usize = 16;
const DIGEST_HEX_MAX: usize = 64;

/** The `token` policies of a target; null where it has none. */
export function decodeToken(
  decoder: Decoder,
  object: Value | null,
  target: Target,
  provider: bool,
): List<TokenPolicy> | null {
  const array = decoder.array(decoder.optional(object, 'token'));
  if (!array || !array.count) return null;
  const policies = decoder.listOf<TokenPolicy>(array);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    policies.put(item.index, decodePolicy(decoder, item, target, provider));
  }
  if (provider) defineCounters(Reason.TOKEN_MISSING, Reason.TOKEN_SYSTEM_NOT_ALLOWED);
  return policies;
}

function decodePolicy(decoder: Decoder, value: Value, target: Target, provider: bool): TokenPolicy {
  const policy = make<TokenPolicy>(decoder.arena);
  const object = decoder.object(value);
  policy.decode(decoder, object);
  policy.md5 = choice(decoder, object, 'digest', 'hmac-sha256', 'md5');
  policy.seconds = choice(decoder, object, 'date', 'day', 'second');
  decodeCarry(decoder, object, policy);
  if (provider) {
    policy.skewMs = decoder.wholeOr(object, 'skewMs', 0, SKEW_MS_MAX, SKEW_MS);
    policy.systems = decodeSystems(decoder, decoder.required(object, 'systems'));
    policy.rules = decodeRules(decoder, decoder.optional(object, 'rules'), policy.systems, target.paths);
    policy.index = indexOf(decoder, policy.rules);
    const replay = decoder.optional(object, 'replay');
    if (replay) policy.replay = decodeReplay(decoder, replay, policy, target);
    else policy.cache = CredentialCache.in(decoder.arena);
    policy.notBeforeMs = decoder.wholeOr(object, 'notBeforeMs', 0, MOMENT_MS_MAX, 0);
    if (!policy.seconds && policy.notBeforeMs % DAY_MS) {
      decoder.fail(
        decoder.optional(object, 'notBeforeMs'),
        'must be the beginning of a day (UTC) where the date is a day',
      );
    }
  } else {
    const sign = decoder.object(decoder.optional(object, 'sign'));
    if (sign) {
      const nonce = decoder.optional(sign, 'nonce');
      policy.nonce = decoder.flag(nonce);
      if (policy.nonce && !policy.header && !policy.nonceHeader) decoder.fail(nonce, 'needs a header for the nonce');
      policy.signer = decodeSystem(decoder, sign, 'system');
      policy.signedDate = sliceOf(decoder.arena, decoder.arena.take(DATE_BYTES_MAX), 0);
      policy.signedDigest = sliceOf(decoder.arena, decoder.arena.take(DIGEST_HEX_MAX), 0);
    }
  }
  decoder.end(object);
  return policy;
}

/** Whether the second of two words stands there; the first is the default. */
function choice(decoder: Decoder, object: Value | null, name: Slice, first: Slice, second: Slice): bool {
  const value = decoder.optional(object, name);
  if (!value) return false;
  const text = decoder.text(value);
  if (text.equals(second)) return true;
  if (!text.equals(first)) {
    const message = decoder.message(value).text('must be "').text(first).text('" or "').text(second);
    decoder.refuse(message.byte(0x22));
  }
  return false;
}

function decodeCarry(decoder: Decoder, object: Value | null, policy: TokenPolicy): void {
  if (!choice(decoder, object, 'carry', 'header', 'headers')) {
    const header = decoder.optional(object, 'header');
    policy.header = header ? headerName(decoder, header) : 'x-tollgate-token';
    return;
  }
  const headers = decoder.object(decoder.required(object, 'headers'));
  policy.systemHeader = headerName(decoder, decoder.required(headers, 'system'));
  policy.dateHeader = headerName(decoder, decoder.required(headers, 'date'));
  policy.digestHeader = headerName(decoder, decoder.required(headers, 'digest'));
  const nonce = decoder.optional(headers, 'nonce');
  if (nonce) policy.nonceHeader = headerName(decoder, nonce);
  decoder.end(headers);
}

function headerName(decoder: Decoder, value: Value | null): Slice {
  const name = decoder.text(value).lowerCase(decoder.arena);
  if (value && !isHeaderName(name)) decoder.fail(value, 'must be the name of a header');
  return name;
}

function decodeSystems(decoder: Decoder, value: Value | null): List<System> {
  const array = decoder.array(value);
  const systems = decoder.listOf<System>(array);
  const ids = SliceSet.withRoom(decoder.scratch, systems.length);
  for (let item = firstOf(array); item; item = nextOf(item)) {
    const system = decodeSystem(decoder, decoder.object(item), 'id');
    if (!ids.add(system.id)) decoder.fail(item, 'has the id of another system');
    systems.put(item.index, system);
  }
  return systems;
}

function decodeSystem(decoder: Decoder, object: Value | null, idField: Slice): System {
  const system = make<System>(decoder.arena);
  const id = decoder.required(object, idField);
  system.id = decoder.text(id);
  if (id && !isSystemId(system.id)) decoder.fail(id, 'must be 1 to 64 of A-Z a-z 0-9 _ -');
  // `anonymous` names those without an identity wherever consumers are listed.
  if (id && system.id.equals('anonymous')) decoder.fail(id, 'must not be "anonymous"');
  system.secrets = decodeSecrets(decoder, decoder.required(object, 'secrets'), system.id);
  decoder.end(object);
  return system;
}

/** Without rules everybody needs a token. */
function decodeRules(
  decoder: Decoder,
  value: Value | null,
  systems: List<System>,
  paths: PathReading,
): List<TokenRule> {
  const array = decoder.filled(value);
  const rules = List.of<TokenRule>(decoder.arena, array ? array.count : 1);
  if (!array) {
    const rule = make<TokenRule>(decoder.arena);
    rule.name = 'default';
    rules.put(0, rule);
  }
  for (let item = firstOf(array); item; item = nextOf(item)) {
    rules.put(item.index, decodeRule(decoder, item, systems, paths));
  }
  return rules;
}

function decodeRule(decoder: Decoder, value: Value, systems: List<System>, paths: PathReading): TokenRule {
  const rule = make<TokenRule>(decoder.arena);
  const object = decoder.object(value);
  rule.decodePackable(decoder, object, paths);
  rule.exempts = choice(decoder, object, 'require', 'token', 'none');
  const allowed = decoder.optional(object, 'systems');
  const names = decodeNames(decoder, allowed);
  rule.systems = names;
  decoder.end(object);
  for (let i = 0; names && i < names.length; i++) {
    let known = false;
    for (let j = 0; j < systems.length; j++) known = known || systems.at(j).id.equals(names.at(i));
    if (!known) decoder.fail(allowed, 'names a system that the policy does not have');
  }
  return rule;
}
