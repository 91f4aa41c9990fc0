import { Decoder, List, Value, make } from 'proxy-wasm';
import { Target } from '../call/target';
import { PathReading } from '../path/reading';
import { decodeNetworks } from '../rule/decode-match';
import { indexOf } from '../rule/rule-index';
import { defineCounters } from '../verdict/counters';
import { Reason } from '../verdict/reason';
import { AccessPolicy, AccessRule } from './policy';

/** The `access` policies of a target; null where it has none. */
export function decodeAccess(decoder: Decoder, object: Value | null, target: Target): List<AccessPolicy> | null {
  const array = decoder.array(decoder.optional(object, 'access'));
  if (!array || !array.count) return null;
  const policies = List.of<AccessPolicy>(decoder.arena, array.count);
  for (let item = array.first; item; item = item!.next) {
    policies.put(item.index, decodePolicy(decoder, item, target.paths));
  }
  defineCounters(Reason.ADDRESS_DENIED, Reason.ADDRESS_NOT_ALLOWED);
  return policies;
}

/** One of them. */
export function decodePolicy(
  decoder: Decoder,
  value: Value,
  paths: PathReading = PathReading.decode(decoder, null),
): AccessPolicy {
  const policy = make<AccessPolicy>(decoder.arena);
  const object = decoder.object(value);
  policy.decode(decoder, object);
  const array = decoder.filled(decoder.required(object, 'rules'));
  policy.rules = List.of<AccessRule>(decoder.arena, array ? array.count : 0);
  for (let item = array ? array.first : null; item; item = item!.next) {
    policy.rules.put(item.index, decodeRule(decoder, item, paths));
  }
  policy.index = indexOf(decoder, policy.rules);
  decoder.end(object);
  return policy;
}

function decodeRule(decoder: Decoder, value: Value, paths: PathReading): AccessRule {
  const rule = make<AccessRule>(decoder.arena);
  const object = decoder.object(value);
  rule.decodePackable(decoder, object, paths);
  rule.allow = decodeNetworks(decoder, decoder.optional(object, 'allow'));
  rule.deny = decodeNetworks(decoder, decoder.optional(object, 'deny'));
  rule.exempts = !rule.allow && !rule.deny;
  decoder.end(object);
  return rule;
}
