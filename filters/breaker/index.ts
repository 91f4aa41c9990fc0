import { Action, Decoder, HttpFilter, Value } from 'proxy-wasm';
import { readCall } from '../call/call';
import { Configuration, GovernedTarget } from '../configuration/configuration';
import { decodeConfiguration } from '../configuration/configure';
import { refusedByPath } from '../path/step';
import { allow, unavailable } from '../verdict/verdict';
import { decodeBreaker, openBreakers } from './config';
import { noteAnswer, noteEnd, noteRequestEnd, refusedByBreaker } from './step';


@filter
class Breaker extends HttpFilter<Configuration> {
  static configure(decoder: Decoder, value: Value | null): Configuration {
    return decodeConfiguration(decoder, value, decodeSteps, openSteps);
  }

  static onUnavailable(): Action {
    return unavailable();
  }

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    const configuration = this.configuration;
    const call = readCall(this, configuration.trustedHops);
    if (!call) return unavailable();
    const target = configuration.govern(call);
    if (!target) return Action.CONTINUE;
    if (refusedByPath(call)) return Action.PAUSE;
    if (refusedByBreaker(call, target.breaker, endOfStream)) return Action.PAUSE;
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
    noteAnswer(stream);
    return Action.CONTINUE;
  }

  static onLog(stream: u32): void {
    noteEnd(stream);
  }
}

function decodeSteps(
  decoder: Decoder,
  object: Value | null,
  target: GovernedTarget,
  configuration: Configuration,
): void {
  target.breaker = decodeBreaker(decoder, object, target, configuration.provider);
}

function openSteps(target: GovernedTarget): void {
  openBreakers(target.breaker);
}
