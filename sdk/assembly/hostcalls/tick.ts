import { proxy_set_tick_period_milliseconds } from '../abi/time';
import { kept } from './host-status';

/**
 * Has `onTick` called in this period from now on; 0 stops it. The VM of the main thread ticks too, beside that of each
 * worker, so a tick's work must bear being done several times.
 */
export function setTickPeriod(periodMs: u32): u32 {
  return kept(proxy_set_tick_period_milliseconds(periodMs));
}
