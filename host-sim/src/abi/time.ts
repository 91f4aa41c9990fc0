import { Status } from './status.js';
import { hostFunction } from './table.js';

// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#clocks
export const timeFunctions = [
  hostFunction('proxy_get_current_time_nanoseconds', ['return_time'], (vm, out: number) => {
    vm.memory.writeU64(out, vm.host.clock.wallNs());
    return Status.Ok;
  }),

  hostFunction('proxy_set_tick_period_milliseconds', ['tick_period'], (vm, period: number) => {
    vm.ticks.setPeriod(vm.rootOf(vm.current()), period);
    return Status.Ok;
  }),
];
