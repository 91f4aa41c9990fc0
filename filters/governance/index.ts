import { Action, Decoder, HttpFilter, Root, Value, monotonicNs } from 'proxy-wasm';
import { readCall } from '../call/call';
import { Configuration, GovernedTarget } from '../configuration/configuration';
import { decodeConfiguration } from '../configuration/configure';
import { refusedByPath } from '../path/step';
import { allow, unavailable } from '../verdict/verdict';
import { decodeAccess } from '../access/config';
import { refusedByAccess } from '../access/step';
import { decodeJwt } from '../jwt/config';
import { openKeySets, takeKeySet, tickKeySets } from '../jwt/life';
import { refusedByJwt } from '../jwt/step';
import { decodeRateLimit, openLimits } from '../ratelimit/config';
import { releaseHolds } from '../ratelimit/hold';
import { addRateLimitHeaders, refusedByRateLimit } from '../ratelimit/step';
import { beat } from '../ratelimit/vms';
import { decodeBreaker, openBreakers } from '../breaker/config';
import { noteAnswer, noteEnd, noteRequestEnd, refusedByBreaker } from '../breaker/step';
import { decodeToken } from '../token/config';
import { openReplay } from '../token/replay';
import { signToken } from '../token/sign';
import { refusedByToken } from '../token/verify';


@filter
class Governance extends HttpFilter<Configuration> {
  static configure(decoder: Decoder, value: Value | null): Configuration {
    return decodeConfiguration(decoder, value, decodeSteps, openSteps);
  }

  static onUnavailable(): Action {
    return unavailable();
  }

  /** The order of the steps, each after what it needs and before what costs more. This is the only place that knows it. */
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const configuration = this.configuration;
    const call = readCall(this, configuration.trustedHops);
    if (!call) return unavailable();
    const target = configuration.govern(call);
    if (!target) return Action.CONTINUE;
    const provider = configuration.provider;
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
    if (refusedByBreaker(call, target.breaker, endOfStream)) return Action.PAUSE;
    // Only calls that leave are signed.
    if (!provider) signToken(call, target.token);
    return allow(call);
  }

  static onRequestBody(stream: u32, size: u32, endOfStream: bool): Action {
    if (endOfStream) noteRequestEnd(stream);
    return Action.CONTINUE;
  }

  static onRequestTrailers(stream: u32): Action {
    noteRequestEnd(stream);
    return Action.CONTINUE;
  }

  static onResponseHeaders(stream: u32): Action {
    addRateLimitHeaders(stream);
    noteAnswer(stream);
    return Action.CONTINUE;
  }

  static onLog(stream: u32): void {
    noteEnd(stream);
  }

  /** Tells that this VM lives, and fetches key sets. */
  static onTick(root: Root<Configuration>): void {
    const now = monotonicNs();
    beat(now);
    tickKeySets(root, now);
  }

  static onHttpCallResponse(root: Root<Configuration>, call: u32, headers: u32, bodyBytes: u32): void {
    takeKeySet(root.id, call, bodyBytes);
  }

  static onDelete(stream: u32): void {
    releaseHolds(stream);
  }
}

function decodeSteps(
  decoder: Decoder,
  object: Value | null,
  target: GovernedTarget,
  configuration: Configuration,
): void {
  target.access = decodeAccess(decoder, object, target);
  target.token = decodeToken(decoder, object, target, configuration.provider);
  target.jwt = decodeJwt(decoder, object, target);
  target.ratelimit = decodeRateLimit(decoder, object, target, configuration.provider);
  target.breaker = decodeBreaker(decoder, object, target, configuration.provider);
}

function openSteps(target: GovernedTarget): void {
  openReplay(target.token);
  openLimits(target.ratelimit);
  openBreakers(target.breaker);
  openKeySets(target.jwt);
}
