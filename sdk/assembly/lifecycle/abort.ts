import { proxy_log } from '../abi/log';
import { Level } from '../hostcalls/log';

const LINE: usize = memory.data(256, 8);
// Lazy, as the runtime of a build with a collector may abort before this file's own variables are there.
// @ts-ignore: decorator
@lazy
let length: usize = 0;

/**
 * Called when an assertion or a `!` fails: writes one line to the host's log and traps. A trap ends the whole VM of
 * that worker, so nothing in a request may lead here.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  length = 0;
  write('abort: ');
  write(message);
  write(' in ');
  write(file);
  write(':');
  decimal(line);
  write(':');
  decimal(column);
  proxy_log(Level.CRITICAL, LINE, <i32>length);
  unreachable();
}

function write(text: string | null): void {
  if (!text) return;
  for (let i = 0; i < text.length && length < 250; i++) {
    store<u8>(LINE + length++, load<u16>(changetype<usize>(text) + ((<usize>i) << 1)));
  }
}

function decimal(value: u32): void {
  if (value >= 10) decimal(value / 10);
  if (length < 250) store<u8>(LINE + length++, 0x30 + (value % 10));
}
