import { Action, Decoder, HttpFilter, Value } from 'proxy-wasm';
import { readCall } from '../call/call';
import { Configuration, GovernedTarget } from '../configuration/configuration';
import { decodeConfiguration } from '../configuration/configure';
import { refusedByPath } from '../path/step';
import { allow, unavailable } from '../verdict/verdict';
import { decodeToken } from './config';
import { openReplay } from './replay';
import { signToken } from './sign';
import { refusedByToken } from './verify';


@filter
class Token extends HttpFilter<Configuration> {
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
    if (!configuration.provider) signToken(call, target.token);
    else if (refusedByToken(call, target.token)) return Action.PAUSE;
    return allow(call);
  }
}

function decodeSteps(
  decoder: Decoder,
  object: Value | null,
  target: GovernedTarget,
  configuration: Configuration,
): void {
  target.token = decodeToken(decoder, object, target, configuration.provider);
}

function openSteps(target: GovernedTarget): void {
  openReplay(target.token);
}
