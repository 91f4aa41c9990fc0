import { Action, Decoder, HttpFilter, Value, monotonicNs } from 'proxy-wasm';
import { readCall } from '../call/call';
import { Configuration, GovernedTarget } from '../configuration/configuration';
import { decodeConfiguration } from '../configuration/configure';
import { refusedByPath } from '../path/step';
import { allow, unavailable } from '../verdict/verdict';
import { decodeRateLimit, openLimits } from './config';
import { releaseHolds } from './hold';
import { addRateLimitHeaders, refusedByRateLimit } from './step';
import { beat } from './vms';


@filter
class RateLimit extends HttpFilter<Configuration> {
  static configure(decoder: Decoder, value: Value | null): Configuration {
    return decodeConfiguration(decoder, value, decodeSteps, openSteps);
  }

  static onUnavailable(): Action {
    return unavailable();
  }

  onRequestHeaders(): Action {
    const configuration = this.configuration;
    const call = readCall(this, configuration.trustedHops);
    if (!call) return unavailable();
    const target = configuration.govern(call);
    if (!target) return Action.CONTINUE;
    if (refusedByPath(call)) return Action.PAUSE;
    if (refusedByRateLimit(call, target.ratelimit)) return Action.PAUSE;
    return allow(call);
  }

  static onResponseHeaders(stream: u32): Action {
    addRateLimitHeaders(stream);
    return Action.CONTINUE;
  }

  static onTick(): void {
    beat(monotonicNs());
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
  target.ratelimit = decodeRateLimit(decoder, object, target, configuration.provider);
}

function openSteps(target: GovernedTarget): void {
  openLimits(target.ratelimit);
}
