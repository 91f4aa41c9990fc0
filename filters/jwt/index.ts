import { Action, Decoder, HttpFilter, Root, Value, monotonicNs } from 'proxy-wasm';
import { readCall } from '../call/call';
import { Configuration, GovernedTarget } from '../configuration/configuration';
import { decodeConfiguration } from '../configuration/configure';
import { refusedByPath } from '../path/step';
import { allow, unavailable } from '../verdict/verdict';
import { decodeJwt } from './config';
import { openKeySets, takeKeySet, tickKeySets } from './life';
import { refusedByJwt } from './step';


@filter
class Jwt extends HttpFilter<Configuration> {
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
    if (refusedByJwt(call, target.jwt)) return Action.PAUSE;
    return allow(call);
  }

  static onTick(root: Root<Configuration>): void {
    tickKeySets(root, monotonicNs());
  }

  static onHttpCallResponse(root: Root<Configuration>, call: u32, headers: u32, bodyBytes: u32): void {
    takeKeySet(root.id, call, bodyBytes);
  }
}

function decodeSteps(
  decoder: Decoder,
  object: Value | null,
  target: GovernedTarget,
  configuration: Configuration,
): void {
  target.jwt = decodeJwt(decoder, object, target);
}

function openSteps(target: GovernedTarget): void {
  openKeySets(target.jwt);
}
