import { proxy_define_metric, proxy_get_metric, proxy_increment_metric, proxy_record_metric } from '../abi/metrics';
import { MetricType, Status } from '../abi/status';
import { Slice } from '../bytes/slice';
import { kept, succeeded } from './host-status';

const OUT: usize = memory.data(8, 8);

/**
 * Defines a counter and returns its id, or 0 if the host refuses it. All VMs of the process share it; in Envoy's
 * statistics it is `wasmcustom.<name>`. Defining it again gives another id of the same counter.
 */
export function counter(name: Slice): u32 {
  return define(MetricType.COUNTER, name);
}

/** Defines a gauge and returns its id, or 0 if the host refuses it. */
export function gauge(name: Slice): u32 {
  return define(MetricType.GAUGE, name);
}

/** Defines a histogram and returns its id, or 0 if the host refuses it. */
export function histogram(name: Slice): u32 {
  return define(MetricType.HISTOGRAM, name);
}

/**
 * Adds to a counter or a gauge, and returns the status: BAD_ARGUMENT for anything else, NOT_FOUND for id 0. A gauge may
 * go down.
 */
export function increment(metric: u32, by: i64 = 1): u32 {
  return kept(metric ? proxy_increment_metric(metric, by) : Status.NOT_FOUND);
}

/** Sets a gauge or adds a value to a histogram, and returns the status. In Envoy a counter grows by `value`. */
export function record(metric: u32, value: u64): u32 {
  return kept(metric ? proxy_record_metric(metric, value) : Status.NOT_FOUND);
}

/** The value of a counter or a gauge; 0 if there is none (NOT_FOUND) or if it is a histogram (BAD_ARGUMENT). */
export function metricValue(metric: u32): u64 {
  store<u64>(OUT, 0);
  return succeeded(proxy_get_metric(metric, OUT)) ? load<u64>(OUT) : 0;
}

function define(type: u32, name: Slice): u32 {
  store<u32>(OUT, 0);
  return succeeded(proxy_define_metric(type, name.at, name.length, OUT)) ? load<u32>(OUT) : 0;
}
