import { proxy_define_metric, proxy_get_metric, proxy_increment_metric, proxy_record_metric } from '../abi/metrics';
import { MetricType, Status } from '../abi/status';
import { Slice } from '../bytes/slice';
import { kept, succeeded } from './host-status';

const OUT: usize = memory.data(8, 8);

/**
 * A counter's id, or 0 when the host refuses it. It is one for all VMs of the process, `wasmcustom.<name>` in Envoy's
 * statistics. Envoy: an id is 4n plus the type, and 0 is never given. Defining it once more gives a new id of the same.
 */
export function counter(name: Slice): u32 {
  return define(MetricType.COUNTER, name);
}

/** A gauge's id, or 0 when the host refuses it. */
export function gauge(name: Slice): u32 {
  return define(MetricType.GAUGE, name);
}

/** A histogram's id, or 0 when the host refuses it. */
export function histogram(name: Slice): u32 {
  return define(MetricType.HISTOGRAM, name);
}

/** Moves a counter (by more than 0) or a gauge (also down); anything else is BAD_ARGUMENT. An id of 0 counts nothing (NOT_FOUND). */
export function increment(metric: u32, by: i64 = 1): u32 {
  return kept(metric ? proxy_increment_metric(metric, by) : Status.NOT_FOUND);
}

/** Sets a gauge, adds to a histogram. Envoy: a counter grows by `value`. */
export function record(metric: u32, value: u64): u32 {
  return kept(metric ? proxy_record_metric(metric, value) : Status.NOT_FOUND);
}

/** A counter's or gauge's value; 0 when there is none (NOT_FOUND) or it is a histogram (BAD_ARGUMENT). */
export function metricValue(metric: u32): u64 {
  store<u64>(OUT, 0);
  return succeeded(proxy_get_metric(metric, OUT)) ? load<u64>(OUT) : 0;
}

function define(type: u32, name: Slice): u32 {
  store<u32>(OUT, 0);
  return succeeded(proxy_define_metric(type, name.at, name.length, OUT)) ? load<u32>(OUT) : 0;
}
