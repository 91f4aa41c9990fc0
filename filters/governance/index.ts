import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Value } from 'proxy-wasm/assembly/json/value';
import { monotonicNs } from 'proxy-wasm/assembly/hostcalls/clock';
import { Action } from 'proxy-wasm/assembly/abi/status';
import { enter } from 'proxy-wasm/assembly/memory/request';
import { openCall } from '../call/call';
import { Configuration, Target } from '../configuration/configuration';
import { configured } from '../configuration/configure';
import { refusedByPath } from '../path/step';
import { allow, unavailable } from '../verdict/verdict';
import { decodeAccess } from '../access/config';
import { refusedByAccess } from '../access/step';
import { decodeJwt } from '../jwt/config';
import { openKeySets, tickKeySets } from '../jwt/life';
import { refusedByJwt } from '../jwt/step';
import { decodeRateLimit, openLimits } from '../ratelimit/config';
import { beat } from '../ratelimit/vms';
import { addRateLimitHeaders, refusedByRateLimit } from '../ratelimit/step';
import { decodeBreaker, openBreakers } from '../breaker/config';
import { noteAnswer, noteEnd, refusedByBreaker } from '../breaker/step';
import { decodeToken } from '../token/config';
import { openReplay } from '../token/replay';
import { signToken } from '../token/sign';
import { refusedByToken } from '../token/verify';

export {
  proxy_abi_version_0_2_1,
  proxy_on_context_create,
  proxy_on_memory_allocate,
} from 'proxy-wasm/assembly/lifecycle/index';
export { proxy_on_http_call_response } from '../jwt/life';
export { proxy_on_delete } from '../ratelimit/life';

export function proxy_on_configure(root: u32, length: u32): u32 {
  return configured(root, length, decodeSteps, openSteps);
}

function decodeSteps(decoder: Decoder, object: Value | null, target: Target, configuration: Configuration): void {
  target.access = decodeAccess(decoder, object);
  target.token = decodeToken(decoder, object, target, configuration.provider);
  target.jwt = decodeJwt(decoder, object);
  target.ratelimit = decodeRateLimit(decoder, object, target, configuration.provider);
  target.breaker = decodeBreaker(decoder, object, target, configuration.provider);
}

function openSteps(target: Target): void {
  openReplay(target.token);
  openLimits(target.ratelimit);
  openBreakers(target.breaker);
  openKeySets(target.jwt);
}

/** Tells that this VM lives, and fetches key sets. */
export function proxy_on_tick(root: u32): void {
  enter();
  const now = monotonicNs();
  beat(now);
  tickKeySets(root, now);
}

/** The order of the steps, each after what it needs and before what costs more. This is the only place that knows it. */
export function proxy_on_request_headers(stream: u32, headers: u32, endOfStream: u32): u32 {
  enter();
  const call = openCall(stream);
  if (!call) return unavailable();
  const target = call.target;
  if (!target) return Action.CONTINUE;
  const provider = call.configuration.provider;
  // Every later step compares paths.
  if (refusedByPath(call)) return Action.PAUSE;
  // Needs no identity, and keeps who may not come in at all from costing a digest.
  if (refusedByAccess(call, target.access)) return Action.PAUSE;
  // Gives the consumer its name, for which limits count.
  if (provider && refusedByToken(call, target.token)) return Action.PAUSE;
  // Behind the token, whose system is the consumer where a call has both.
  if (refusedByJwt(call, target.jwt)) return Action.PAUSE;
  // After all that asks who is calling: a refused call spends nothing.
  if (refusedByRateLimit(call, target.ratelimit)) return Action.PAUSE;
  // After all that may refuse: a probe that it lets through must reach the upstream.
  if (refusedByBreaker(call, target.breaker)) return Action.PAUSE;
  // Only calls that leave are signed.
  if (!provider) signToken(call, target.token);
  return allow();
}

export function proxy_on_response_headers(stream: u32, headers: u32, endOfStream: u32): u32 {
  enter();
  addRateLimitHeaders(stream);
  noteAnswer(stream);
  return Action.CONTINUE;
}

export function proxy_on_log(stream: u32): void {
  enter();
  noteEnd(stream);
}
