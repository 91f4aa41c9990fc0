import { proxy_set_tick_period_milliseconds } from '../abi/time';
import { kept } from './host-status';

/**
 * Has `proxy_on_tick` of the plugin that is being called come in this period, counted from now; 0 ends it. The main thread's
 * VM ticks too, beside each worker's: what a tick does must bear being done by several.
 */
export function setTickPeriod(periodMs: u32): u32 {
  return kept(proxy_set_tick_period_milliseconds(periodMs));
}
