import { Action, Decoder, HttpFilter, Root, Value, monotonicNs } from 'proxy-wasm';
import { readCall } from '../call/call';
import { Configuration } from '../configuration/configuration';
import { decodeConfiguration } from '../configuration/configure';
import { refusedByPath } from '../path/step';
import { refusedByAccess } from '../access/step';
import { refusedByToken, signToken } from '../token/step';
import { refreshKeySets, refusedByJwt, takeKeySet } from '../jwt/step';
import { addRateLimitHeaders, beat, endHolds, refusedByRateLimit } from '../ratelimit/step';
import { refusedByBreaker, requestCompleted, responseBegan, streamEnded } from '../breaker/step';
import { allow, unavailable } from '../verdict/verdict';

/**
 * The filter of every module. `governance.wasm` has all steps; each other module has the one that it is named for, and is
 * this class with the others left out. The build defines the names of the steps that a module has: what stands behind an
 * `isDefined` of another is not compiled, and a callback `@only` of others is not there (callbacks.js).
 */
@filter
class Governance extends HttpFilter<Configuration> {
  static configure(decoder: Decoder, value: Value | null): Configuration {
    return decodeConfiguration(decoder, value);
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
    if (isDefined(ACCESS) && refusedByAccess(call, target.access)) return Action.PAUSE;
    // Gives the consumer its name, for which limits count.
    if (isDefined(TOKEN) && provider && refusedByToken(call, target.token)) return Action.PAUSE;
    // Behind the token, whose system is the consumer where a call has both.
    if (isDefined(JWT) && refusedByJwt(call, target.jwt)) return Action.PAUSE;
    // After all that asks who is calling: a refused call spends nothing.
    if (isDefined(RATELIMIT) && refusedByRateLimit(call, target.ratelimit)) return Action.PAUSE;
    // After all that may refuse: a probe that it lets through must reach the upstream.
    if (isDefined(BREAKER) && refusedByBreaker(call, target.breaker, endOfStream)) return Action.PAUSE;
    // Only calls that leave are signed.
    if (isDefined(TOKEN) && !provider) signToken(call, target.token);
    return allow(call);
  }


  @only(BREAKER)
  static onRequestBody(stream: u32, size: u32, endOfStream: bool): Action {
    if (endOfStream) requestCompleted(stream);
    return Action.CONTINUE;
  }


  @only(BREAKER)
  static onRequestTrailers(stream: u32): Action {
    requestCompleted(stream);
    return Action.CONTINUE;
  }


  @only(RATELIMIT, BREAKER)
  static onResponseHeaders(stream: u32): Action {
    if (isDefined(RATELIMIT)) addRateLimitHeaders(stream);
    if (isDefined(BREAKER)) responseBegan(stream);
    return Action.CONTINUE;
  }


  @only(BREAKER)
  static onLog(stream: u32): void {
    streamEnded(stream);
  }

  /** Tells that this VM lives, and fetches key sets. */
  @only(JWT, RATELIMIT)
  static onTick(root: Root<Configuration>): void {
    const now = monotonicNs();
    if (isDefined(RATELIMIT)) beat(now);
    if (isDefined(JWT)) refreshKeySets(root.id, root.configuration.keySets, now);
  }


  @only(JWT)
  static onHttpCallResponse(root: Root<Configuration>, call: u32, headers: u32, bodyBytes: u32): void {
    takeKeySet(root.id, call, bodyBytes);
  }


  @only(RATELIMIT)
  static onDelete(stream: u32): void {
    endHolds(stream);
  }
}
