import { Action, Decoder, Root, TcpFilter, Value, monotonicNs } from 'proxy-wasm';
import { Configuration } from '../configuration/configuration';
import { decodeConfiguration } from '../configuration/configure';
import { refusedByAccess } from '../access/step';
import { beat, endHolds, refusedByRateLimit } from '../ratelimit/step';
import { allow, unavailable } from '../verdict/verdict';
import { readConnection } from './connection';

/** The filter of plain TCP: who may connect, and how often at once. What is refused is closed before anything is read of it. */
@filter
class Connections extends TcpFilter<Configuration> {
  static configure(decoder: Decoder, value: Value | null): Configuration {
    return decodeConfiguration(decoder, value);
  }

  static onUnavailable(): Action {
    return unavailable();
  }

  /** The steps of a call that can be asked of a connection, in the same order. */
  onNewConnection(): Action {
    const configuration = this.configuration;
    const call = readConnection(this);
    const target = configuration.govern(call);
    if (!target) return unavailable();
    if (refusedByAccess(call, target.access)) return Action.PAUSE;
    if (refusedByRateLimit(call, target.ratelimit)) return Action.PAUSE;
    return allow(call);
  }

  /** Tells that this VM lives, so that its connections count. */
  static onTick(root: Root<Configuration>): void {
    beat(monotonicNs());
  }

  static onDelete(stream: u32): void {
    endHolds(stream);
  }
}
