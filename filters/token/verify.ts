import { Headers, Slice, Writer, make, request, wallMs } from 'proxy-wasm';
import { Call } from '../call/call';
import { CredentialCache } from '../credential-cache/cache';
import { contains } from '../rule/match';
import { Reason } from '../verdict/reason';
import { verifiesDigest } from './digest';
import { TokenParts, isFresh, splitToken, tokenParts } from './parts';
import { System, TokenPolicy, TokenRule } from './policy';
import { replayed } from './replay';

/** What a token that was proved says. Kept from call to call. */
@unmanaged
class Proved {
  system: System;
  dateMs: i64;
}

/** The first reason, in this order, to refuse the token; none and an identity when it holds. */
export function verify(call: Call, policy: TokenPolicy, rule: TokenRule): Reason {
  const missing = present(call.headers, policy);
  if (missing != Reason.NONE) return missing;
  const cache = policy.cache;
  const credential = cache ? credentialOf(call.headers, policy) : null;
  const known = cache && credential ? cache.find(credential) : 0;
  if (!known) return prove(call, policy, rule, credential);
  const proved = changetype<Proved>(known);
  return isInForce(policy, proved.dateMs) ? admitted(call, rule, proved.system) : Reason.TOKEN_EXPIRED;
}

function prove(call: Call, policy: TokenPolicy, rule: TokenRule, credential: Slice | null): Reason {
  const parts = read(call.headers, policy);
  if (!parts || (policy.replay && !parts.nonce)) return Reason.TOKEN_MALFORMED;
  const system = systemOf(policy, parts.system);
  if (!system) return Reason.TOKEN_UNKNOWN_SYSTEM;
  if (!isInForce(policy, parts.dateMs)) return Reason.TOKEN_EXPIRED;
  const verified = verifiesDigest(
    request,
    parts.system,
    parts.date,
    parts.nonce,
    parts.digest,
    system.secrets,
    policy.md5,
  );
  if (!verified) return Reason.TOKEN_MISMATCH;
  const replay = policy.replay;
  const nonce = parts.nonce;
  // Only now: nobody without the secret can fill the memory of nonces.
  const again = replay && nonce ? replayed(replay, system.id, nonce) : Reason.NONE;
  if (again != Reason.NONE) return again;
  if (credential) remember(policy.cache!, credential, system, parts.dateMs);
  return admitted(call, rule, system);
}

function isInForce(policy: TokenPolicy, dateMs: i64): bool {
  return dateMs >= policy.notBeforeMs && isFresh(dateMs, policy.seconds, policy.skewMs, wallMs());
}

function admitted(call: Call, rule: TokenRule, system: System): Reason {
  if (!call.consumer) call.consumer = system.id;
  const systems = rule.systems;
  return systems && !contains(systems, system.id) ? Reason.TOKEN_SYSTEM_NOT_ALLOWED : Reason.NONE;
}

function remember(cache: CredentialCache, credential: Slice, system: System, dateMs: i64): void {
  const slot = cache.begin(credential);
  if (!slot) return;
  const proved = make<Proved>(slot.arena);
  proved.system = system;
  proved.dateMs = dateMs;
  slot.end(changetype<usize>(proved), credential);
}

/** All that the caller showed. Of several headers each with its length: the same bytes cut elsewhere are another credential. */
function credentialOf(headers: Headers, policy: TokenPolicy): Slice {
  const header = policy.header;
  if (header) return value(headers, header);
  const writer = Writer.in(request);
  const nonceHeader = policy.nonceHeader;
  if (nonceHeader && headers.find(nonceHeader) >= 0) write(writer, value(headers, nonceHeader));
  write(writer, value(headers, policy.systemHeader));
  write(writer, value(headers, policy.dateHeader));
  write(writer, value(headers, policy.digestHeader));
  return writer.done();
}

function write(writer: Writer, part: Slice): void {
  writer.u32(part.length).text(part);
}

/** Missing, or there twice: by a repeated header or a list in one. A second credential is refused even beside a valid one. */
function present(headers: Headers, policy: TokenPolicy): Reason {
  const header = policy.header;
  if (header) return countValues(headers, header);
  const system = countValues(headers, policy.systemHeader);
  const date = countValues(headers, policy.dateHeader);
  const digest = countValues(headers, policy.digestHeader);
  const nonceHeader = policy.nonceHeader;
  const nonce = nonceHeader ? countValues(headers, nonceHeader) : Reason.TOKEN_MISSING;
  const duplicate = Reason.TOKEN_DUPLICATE;
  if (system == duplicate || date == duplicate || digest == duplicate || nonce == duplicate) return duplicate;
  const none = system != Reason.NONE && date != Reason.NONE && digest != Reason.NONE && nonce != Reason.NONE;
  if (none) return Reason.TOKEN_MISSING;
  return system == Reason.NONE && date == Reason.NONE && digest == Reason.NONE ? Reason.NONE : Reason.TOKEN_MALFORMED;
}

function countValues(headers: Headers, name: Slice): Reason {
  const at = headers.find(name);
  if (at < 0) return Reason.TOKEN_MISSING;
  if (headers.find(name, at + 1) >= 0 || headers.value(at).indexOf(0x2c) >= 0) return Reason.TOKEN_DUPLICATE;
  return Reason.NONE;
}

function read(headers: Headers, policy: TokenPolicy): TokenParts | null {
  const header = policy.header;
  if (header) return splitToken(request, value(headers, header), policy.seconds, policy.md5);
  const nonceHeader = policy.nonceHeader;
  const nonce = nonceHeader && headers.find(nonceHeader) >= 0 ? value(headers, nonceHeader) : null;
  return tokenParts(
    request,
    value(headers, policy.systemHeader),
    value(headers, policy.dateHeader),
    nonce,
    value(headers, policy.digestHeader),
    policy.seconds,
    policy.md5,
  );
}

function value(headers: Headers, name: Slice): Slice {
  return headers.value(headers.find(name));
}

function systemOf(policy: TokenPolicy, id: Slice): System | null {
  for (let i = 0; i < policy.systems.length; i++) {
    if (policy.systems.at(i).id.equals(id)) return policy.systems.at(i);
  }
  return null;
}
