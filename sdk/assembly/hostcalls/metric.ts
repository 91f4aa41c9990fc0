import { proxy_define_metric, proxy_increment_metric } from '../abi/metrics';
import { MetricType, Status } from '../abi/status';
import { Slice } from '../bytes/slice';

const OUT: usize = memory.data(4, 4);

/** A counter's id, or 0 when the host refuses it. Envoy: ids of counters are multiples of 4, and 0 is never given. */
export function counter(name: Slice): u32 {
  store<u32>(OUT, 0);
  return proxy_define_metric(MetricType.COUNTER, name.at, name.length, OUT) == Status.OK ? load<u32>(OUT) : 0;
}

export function count(counter: u32): void {
  if (counter) proxy_increment_metric(counter, 1);
}
