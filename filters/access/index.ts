import { Action, Decoder, HttpFilter, Value } from 'proxy-wasm';
import { readCall } from '../call/call';
import { Configuration, GovernedTarget } from '../configuration/configuration';
import { decodeConfiguration } from '../configuration/configure';
import { refusedByPath } from '../path/step';
import { allow, unavailable } from '../verdict/verdict';
import { decodeAccess } from './config';
import { refusedByAccess } from './step';


@filter
class Access extends HttpFilter<Configuration> {
  static configure(decoder: Decoder, value: Value | null): Configuration {
    return decodeConfiguration(decoder, value, decodeSteps, null);
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
    if (refusedByAccess(call, target.access)) return Action.PAUSE;
    return allow(call);
  }
}

function decodeSteps(
  decoder: Decoder,
  object: Value | null,
  target: GovernedTarget,
  configuration: Configuration,
): void {
  target.access = decodeAccess(decoder, object, target);
}
