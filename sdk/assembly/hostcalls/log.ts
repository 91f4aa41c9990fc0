import { proxy_get_log_level, proxy_log } from '../abi/log';
import { Slice } from '../bytes/slice';
import { Status } from '../abi/status';

/** How important a line of the log is. */
export namespace Level {
  export const TRACE: u32 = 0;
  export const DEBUG: u32 = 1;
  export const INFO: u32 = 2;
  export const WARN: u32 = 3;
  export const ERROR: u32 = 4;
  export const CRITICAL: u32 = 5;
}

const LEVEL: usize = memory.data(4, 4);

/** Whether a line of this level would be written. Ask before you build one for a request. */
export function logs(level: u32): bool {
  return logLevel() <= level;
}

/** The lowest level that the host writes; `Level.TRACE` if it does not say. */
export function logLevel(): u32 {
  store<u32>(LEVEL, Level.TRACE);
  return proxy_get_log_level(LEVEL) == Status.OK ? load<u32>(LEVEL) : Level.TRACE;
}

/** Writes a line to the host's log. Escape what comes from a request. */
export function log(level: u32, line: Slice): void {
  proxy_log(level, line.at, line.length);
}
