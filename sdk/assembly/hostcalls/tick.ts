import { proxy_set_tick_period_milliseconds } from '../abi/time';

/** Has `proxy_on_tick` of the plugin that is being called come in this period; 0 ends it. */
export function setTickPeriod(periodMs: u32): void {
  proxy_set_tick_period_milliseconds(periodMs);
}
