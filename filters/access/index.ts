import { Action } from 'proxy-wasm/assembly/abi/status';
import { Decoder } from 'proxy-wasm/assembly/json/decoder';
import { Value } from 'proxy-wasm/assembly/json/value';
import { HttpFilter } from 'proxy-wasm/assembly/lifecycle/filter';
import { openCall } from '../call/call';
import { Configuration, Target } from '../configuration/configuration';
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
    const call = openCall(this, this.configuration);
    if (!call) return unavailable();
    const target = call.target;
    if (!target) return Action.CONTINUE;
    if (refusedByPath(call)) return Action.PAUSE;
    if (refusedByAccess(call, target.access)) return Action.PAUSE;
    return allow(call);
  }
}

function decodeSteps(decoder: Decoder, object: Value | null, target: Target, configuration: Configuration): void {
  target.access = decodeAccess(decoder, object, target);
}
