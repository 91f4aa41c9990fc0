import { proxy_get_current_time_nanoseconds } from '../abi/time';
import { clock_time_get } from '../abi/wasi';

const NOW: usize = memory.data(8, 8);

/** ms since 1970 by the wall clock, which may be set back: only for dates. */
export function wallMs(): i64 {
  return <i64>(read(0) / 1000000);
}

/** ns by a clock that never goes back and is the same for all workers of a process: for timeouts and durations. */
export function monotonicNs(): u64 {
  return read(1);
}

/** ns since 1970 by the host's own function, for hosts without WASI. In Envoy the wall clock. */
export function currentTimeNs(): u64 {
  store<u64>(NOW, 0);
  proxy_get_current_time_nanoseconds(NOW);
  return load<u64>(NOW);
}

function read(clock: u32): u64 {
  store<u64>(NOW, 0);
  clock_time_get(clock, 1, NOW);
  return load<u64>(NOW);
}
