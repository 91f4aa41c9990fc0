import { MetricType } from '../vm/metrics.js';
import { Status } from './status.js';
import { hostFunction } from './table.js';

/** The two low bits of an id are the metric's type. */
const typeOf = (id: number): number => id & 3;

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#metrics
export const metricFunctions = [
  hostFunction(
    'proxy_define_metric',
    ['metric_type', 'name_data', 'name_size', 'return_metric_id'],
    (vm, type: number, name: number, size: number, out: number) => {
      const text = vm.memory.readText(name, size);
      if (type > MetricType.Histogram) return Status.BadArgument;
      vm.memory.writeU32(out, vm.metrics.define(type, text));
      return Status.Ok;
    },
  ),

  hostFunction('proxy_increment_metric', ['metric_id', 'offset:i64'], (vm, id: number, offset: bigint) => {
    if (typeOf(id) > MetricType.Gauge) return Status.BadArgument;
    const metric = vm.metrics.byId(id);
    if (!metric) return Status.NotFound;
    if (metric.type === MetricType.Counter && offset <= 0n) return Status.BadArgument;
    metric.value += offset;
    return Status.Ok;
  }),

  hostFunction('proxy_record_metric', ['metric_id', 'value:i64'], (vm, id: number, value: bigint) => {
    const metric = vm.metrics.byId(id);
    if (!metric) return Status.NotFound;
    const unsigned = BigInt.asUintN(64, value);
    if (metric.type === MetricType.Counter) metric.value += unsigned;
    else if (metric.type === MetricType.Gauge) metric.value = unsigned;
    else metric.samples.push(unsigned);
    return Status.Ok;
  }),

  hostFunction('proxy_get_metric', ['metric_id', 'return_value'], (vm, id: number, out: number) => {
    if (typeOf(id) > MetricType.Gauge) return Status.BadArgument;
    const metric = vm.metrics.byId(id);
    if (!metric) return Status.NotFound;
    vm.memory.writeU64(out, metric.value);
    return Status.Ok;
  }),
];
