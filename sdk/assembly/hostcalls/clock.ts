import { clock_time_get } from '../abi/wasi';

const NOW: usize = memory.data(8, 8);

/** ms since 1970 by the wall clock, which may be set back: for dates only. */
export function wallMs(): i64 {
  return <i64>(read(0) / 1000000);
}

/** ns by the clock that never goes back and is the same for all workers of a process: for budgets and waits. */
export function monotonicNs(): u64 {
  return read(1);
}

function read(clock: u32): u64 {
  store<u64>(NOW, 0);
  clock_time_get(clock, 1, NOW);
  return load<u64>(NOW);
}
